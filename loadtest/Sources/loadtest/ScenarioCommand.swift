import ArgumentParser
import LoadComposition
import LoadGenerator

/// A scenario as a subcommand.
protocol ScenarioCommand: AsyncParsableCommand {
    static var scenario: Scenario { get }
    var options: ScenarioOptions { get }
}

extension ScenarioCommand {
    mutating func run() async throws {
        let interruption = Interruption()
        interruption.listen()
        try await Output(json: options.json).tell {
            let test = try LoadTest(
                options.loadOptions(Self.scenario),
                interruption: interruption,
                connector: TidegateStores.connect
            )
            return try await test.run()
        }
    }
}

struct IdleCommand: ScenarioCommand {
    static let scenario = Scenario.idle
    static let configuration = CommandConfiguration(
        commandName: "idle",
        abstract: "Clients connect, subscribe and stay; nothing is published."
    )

    @OptionGroup var options: ScenarioOptions
}

struct HotCommand: ScenarioCommand {
    static let scenario = Scenario.hot
    static let configuration = CommandConfiguration(commandName: "hot", abstract: "One stream to all clients.")

    @OptionGroup var options: ScenarioOptions
}

struct ManyCommand: ScenarioCommand {
    static let scenario = Scenario.many
    static let configuration = CommandConfiguration(
        commandName: "many",
        abstract: "Many streams, some of them to each client."
    )

    @OptionGroup var options: ScenarioOptions
}

struct SlowCommand: ScenarioCommand {
    static let scenario = Scenario.slow
    static let configuration = CommandConfiguration(
        commandName: "slow",
        abstract: "A share of the clients stops reading, or reads slowly."
    )

    @OptionGroup var options: ScenarioOptions
}

struct StormCommand: ScenarioCommand {
    static let scenario = Scenario.storm
    static let configuration = CommandConfiguration(
        commandName: "storm",
        abstract: "All connections are cut at once; all clients come back and resume."
    )

    @OptionGroup var options: ScenarioOptions
}

struct ChurnCommand: ScenarioCommand {
    static let scenario = Scenario.churn
    static let configuration = CommandConfiguration(
        commandName: "churn",
        abstract: "Clients come and go, each to streams by chance."
    )

    @OptionGroup var options: ScenarioOptions
}
