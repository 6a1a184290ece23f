import ArgumentParser
import LoadGenerator

/// The load test's command line.
@main
struct Loadtest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loadtest",
        abstract: "Many clients for one server, and what becomes of every message.",
        subcommands: [
            IdleCommand.self, HotCommand.self, ManyCommand.self, SlowCommand.self, StormCommand.self,
            ChurnCommand.self, HostileCommand.self, FloorCommand.self, SinkCommand.self,
        ]
    )
}
