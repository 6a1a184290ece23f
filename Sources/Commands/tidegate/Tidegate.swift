import ArgumentParser
import SimulateCommand

/// `tidegate`: the whole gateway in one process, and the tools around it.
@main
struct Tidegate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tidegate",
        abstract: "A real-time market-data gateway: one exchange connection in, many WebSocket clients out.",
        subcommands: [
            StandaloneCommand.self, SubscribeCommand.self, PublishCommand.self, RevokeCommand.self,
            RebalanceCommand.self, DoctorCommand.self, SimulateCommand.self, BenchCommand.self, SettingsCommand.self,
            KeysCommand.self,
        ]
    )
}
