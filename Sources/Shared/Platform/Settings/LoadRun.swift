import Configuration

/// One run of the loader: what was given so far and what was wrong with it. Lives within `load`, on its task.
struct LoadRun {
    private let program: Program
    private let catalog: SettingsCatalog
    private let environment: [String: String]
    private let file: (path: String, content: SettingsFile)?
    private let reader: ConfigReader
    private var given: [String: ResolvedSettings.GivenValue] = [:]
    private var problems: [ConfigurationProblem] = []

    init(
        program: Program,
        catalog: SettingsCatalog,
        environment: [String: String],
        file: (path: String, content: SettingsFile)?
    ) {
        self.program = program
        self.catalog = catalog
        self.environment = environment
        self.file = file
        let secrets = Set(catalog.entries.filter(\.isSecret).map(\.name))
        let variables = EnvironmentVariablesProvider(
            environmentVariables: environment,
            secretsSpecifier: .dynamic { name, _ in secrets.contains(name) }
        )
        var providers: [any ConfigProvider] = [variables]
        if let file { providers.append(file.content.provider) }
        reader = ConfigReader(providers: providers)
    }

    mutating func readAll() async {
        for entry in catalog.entries { await read(entry) }
    }

    private mutating func read(_ entry: any CatalogEntry) async {
        let origin = environment[entry.name] == nil ? file.map { .file($0.path) } : SettingOrigin.environment
        do {
            // One key for both sources: the environment provider turns it into upper case, the file takes it as it is.
            let key = ConfigKey([entry.fileKey])
            let text = try await reader.fetchString(forKey: key, isSecret: entry.isSecret)?.trimmingSpaces()
            guard let text, !text.isEmpty, origin == .environment || !Self.isYAMLNull(text) else { return }
            given[entry.name] = .init(value: try entry.resolve(text), origin: origin)
        } catch let refusal as SettingRefusal {
            refuse(entry.name, refusal.reason, origin)
        } catch {
            // Text always converts to text, so what failed is a list in the file.
            refuse(entry.name, "a list is not one value; give \(entry.advice)", origin)
        }
    }

    /// Read as text, YAML's nothing is a word; as a brand or a host name it would be taken at that.
    private static func isYAMLNull(_ text: String) -> Bool {
        ["~", "null", "Null", "NULL"].contains(text)
    }

    mutating func refuseMissing(_ required: [any CatalogEntry]) {
        for entry in required where given[entry.name] == nil && !isRefused(entry.name) {
            refuse(entry.name, "is needed by the \(program.rawValue) and not set; give \(entry.advice)", nil)
        }
    }

    mutating func crossCheck() {
        let settings = resolved
        for check in catalog.crossChecks where !isRefused(check.name) && !isRefused(check.other) {
            guard let reason = check.refusal(settings) else { continue }
            refuse(check.name, reason, given[check.name]?.origin ?? given[check.other]?.origin)
        }
    }

    mutating func refuseUnknownNames() {
        let names = UnknownNames(known: catalog.entries.map(\.name), renamed: catalog.renamed)
        problems += names.problems(inEnvironment: environment)
        guard let file else { return }
        let pathKey = Settings.Common.configurationFile.fileKey
        let origin = SettingOrigin.file(file.path)
        problems += names.problems(inFileKeys: file.content.keys, origin: origin)
        if file.content.keys.contains(pathKey) {
            refuse(pathKey, "a file can't name the file to read; give it in the environment", origin)
        }
    }

    func result() throws(ConfigurationError) -> ResolvedSettings {
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        return resolved
    }

    private var resolved: ResolvedSettings {
        ResolvedSettings(program: program, entries: catalog.entries, given: given)
    }

    private func isRefused(_ name: String) -> Bool {
        problems.contains { $0.name == name }
    }

    private mutating func refuse(_ name: String, _ reason: String, _ origin: SettingOrigin?) {
        problems.append(ConfigurationProblem(name: name, reason: reason, origin: origin))
    }
}
