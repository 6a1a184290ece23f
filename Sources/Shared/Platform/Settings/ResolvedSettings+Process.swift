import Glibc

extension ResolvedSettings {
    /// The settings of this process, with logging set up as they say. Where they are wrong the process ends with status
    /// 2 and one line for each problem, before anything is started: its `LastWords`.
    ///
    /// - Parameter node: Under which the process announces itself; nil for a command that does not.
    package static func loadOrExit(for program: Program, node: String? = nil) async -> ResolvedSettings {
        LastWords.belong(to: node)
        do {
            let settings = try await ConfigurationLoader.load(for: program)
            LastWords.settle(isJSON: settings[Settings.Common.logJSON])
            LoggingBootstrap.bootstrap(
                level: settings[Settings.Common.logLevel],
                json: settings[Settings.Common.logJSON],
                node: node
            )
            return settings
        } catch {
            let messages = error.problems.map(\.description)
            LastWords.say(messages, of: "configuration", asText: "configuration: \(error)")
            exit(2)
        }
    }
}
