import Configuration
import FoundationEssentials

/// Reads the settings of a process: environment first, then the YAML file that `TIDEGATE_CONFIG` names, then the
/// defaults.
///
/// Used once by each main. Keeps nothing. A variable or key that is present but empty counts as not given.
package enum ConfigurationLoader {
    /// - Parameters:
    ///   - required: Settings without a useful default that this program can't do without.
    /// - Throws: All problems at once: values that don't parse or are out of bounds, conditions between settings
    ///   that don't hold, unknown names, a file that can't be used.
    package static func load(
        for program: Program,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        catalog: SettingsCatalog = .standard,
        requiring required: [any CatalogEntry] = []
    ) async throws(ConfigurationError) -> ResolvedSettings {
        let environment = environment.filter { !$0.value.trimmingSpaces().isEmpty }
        let file = try await settingsFile(environment, catalog)
        var run = LoadRun(program: program, catalog: catalog, environment: environment, file: file)
        await run.readAll()
        run.refuseMissing(required)
        run.crossCheck()
        run.refuseUnknownNames()
        return try run.result()
    }

    /// A file that can't be used is told alone: without its values every other problem would be a guess.
    private static func settingsFile(
        _ environment: [String: String],
        _ catalog: SettingsCatalog
    ) async throws(ConfigurationError) -> (path: String, content: SettingsFile)? {
        let name = Settings.Common.configurationFile.name
        guard let path = environment[name]?.trimmingSpaces() else { return nil }
        let secrets = Set(catalog.entries.filter(\.isSecret).map(\.fileKey))
        do {
            return try await SettingsFile.read(path: path) { secrets.contains($0) }.map { (path, $0) }
        } catch {
            let problem = ConfigurationProblem(name: name, reason: error.reason, origin: .environment)
            throw ConfigurationError(problems: [problem])
        }
    }
}
