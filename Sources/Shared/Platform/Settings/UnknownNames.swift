import Core

/// Finds names that look like settings of ours and aren't: a misspelt limit would otherwise silently not hold.
struct UnknownNames {
    let known: [String]
    var renamed: [RenamedSetting] = []

    /// Most of the environment is not ours, so only names that can hardly be another's are judged.
    static let environmentPrefixes = ["BYBIT_", "TIDEGATE_", "MAX_CLIENTS", "MAX_SUBSCRIPTIONS", "MAX_MESSAGE"]

    func problems(inEnvironment environment: [String: String]) -> [ConfigurationProblem] {
        let old = renamed.filter { environment[$0.old] != nil }.map {
            ConfigurationProblem(name: $0.old, reason: $0.reason(inFile: false), origin: .environment)
        }
        return old + unknown(inEnvironment: environment)
    }

    private func unknown(inEnvironment environment: [String: String]) -> [ConfigurationProblem] {
        environment
            .filter { name, value in
                Self.environmentPrefixes.contains(where: name.hasPrefix)
                    && !known.contains(name)
                    && !Self.isServiceLink(name, value)
            }
            .keys.sorted()
            .map { ConfigurationProblem(name: $0, reason: reason($0, near: known), origin: .environment) }
    }

    /// Shorter names are one letter away from all sorts of words.
    private static let shortestMisspelling = 8

    /// Variables that are some other program's, or a setting of ours misspelt by a letter: worth a warning, and no more.
    func misspellings(inEnvironment names: some Sequence<String>) -> [String] {
        let judged = Set(known + renamed.map(\.old))
        return names.filter { name in
            name.utf8.count >= Self.shortestMisspelling && !judged.contains(name)
                && !Self.environmentPrefixes.contains(where: name.hasPrefix)
        }.sorted().compactMap { name in
            known.first { isOneEditAway(name, from: $0) }.map { "\(name): is not a setting; did you mean \($0)?" }
        }
    }

    func problems(inFileKeys keys: Set<String>, origin: SettingOrigin) -> [ConfigurationProblem] {
        let fileKeys = known.map { $0.lowercased() }
        return keys.subtracting(fileKeys).sorted().map { key in
            let old = renamed.first { $0.old.lowercased() == key }
            return ConfigurationProblem(
                name: key,
                reason: old?.reason(inFile: true) ?? reason(key, near: fileKeys),
                origin: origin
            )
        }
    }

    private func reason(_ name: String, near candidates: [String]) -> String {
        guard let nearest = nearestName(to: name, among: candidates) else {
            return "is not a setting; docs/settings.md has the table of settings"
        }
        return "is not a setting; did you mean \(nearest)?"
    }

    /// Kubernetes and Docker links set such variables for every service in reach: one that is called `tidegate`
    /// gives `TIDEGATE_PORT=tcp://10.0.0.1:8000`, which nobody wrote and nobody should have to remove.
    private static func isServiceLink(_ name: String, _ value: String) -> Bool {
        if name.contains("_SERVICE_HOST") || name.contains("_SERVICE_PORT") { return true }
        guard let port = name.firstRange(of: "_PORT") else { return false }
        let rest = name[port.upperBound...]
        if rest.isEmpty { return value.hasPrefix("tcp://") || value.hasPrefix("udp://") }
        return rest.hasPrefix("_") && (rest.contains("_TCP") || rest.contains("_UDP"))
    }
}
