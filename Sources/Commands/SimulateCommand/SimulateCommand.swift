import ArgumentParser
import BybitSimulator
import Logging
import Platform
import ServiceLifecycle
import UnixSignals

/// `tidegate simulate`, and the program `bybit-simulator`: runs the exchange simulator until SIGTERM or SIGINT.
package struct SimulateCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Serve a simulated Bybit V5 public WebSocket (linear).",
        discussion: """
            Clients connect to ws://HOST:PORT/v5/public/linear. The market is a seeded random walk, or with --frames \
            recorded frames with their own spacing. Faults on demand, on the same port: POST /faults/drop, \
            /faults/drop?topic=T, /faults/stall?seconds=S, /faults/garbage, /faults/oversized?bytes=N, /faults/restart-book?symbol=S, \
            /faults/list?symbol=S&status=PreLaunch (or Trading, Settling, Delivering, Closed: a new listing, or the \
            end of one). GET /stats tells what was served.
            """
    )

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes any free one.")
    var port = 9443

    @Option(help: "How many symbols the generated market has, 1 to 10000.")
    var symbols = 20

    @Option(help: "Market steps a second and symbol, at most 1000; at 10 the cadences are the exchange's.")
    var rate = 10.0

    @Option(help: "The random walk's seed: the same seed gives the same market.")
    var seed: UInt64 = 1

    @Option(parsing: .upToNextOption, help: "Replay these recordings (one JSON frame a line) instead.")
    var frames: [String] = []

    @Option(help: "Milliseconds between an acknowledgement and its first data.")
    var firstDataDelay = 50

    package init() {}

    package mutating func run() async throws {
        var configuration = SimulatorConfiguration()
        configuration.host = host
        configuration.port = port
        configuration.symbols = symbols
        configuration.rate = rate
        configuration.seed = seed
        configuration.frames = frames
        configuration.firstDataDelay = firstDataDelay

        _ = await ResolvedSettings.loadOrExit(for: .standalone)
        let logger = Logger(label: "simulator")
        let simulator = BybitSimulator(configuration: configuration, logger: logger)
        do {
            // Before the group, which would log a failure and wrap it: this way it is one clear line.
            try await simulator.start()
        } catch {
            exitWithError("simulate", error)
        }
        let group = ServiceGroup(
            services: [simulator],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        try await group.run()
    }
}
