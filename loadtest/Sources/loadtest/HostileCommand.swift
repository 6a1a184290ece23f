import ArgumentParser
import LoadGenerator

/// `loadtest hostile`.
struct HostileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostile",
        abstract: "Clients that do a gateway harm, and honest ones beside them: what becomes of all, and of its memory."
    )

    @Option(help: "The gateway, with the exchange or the simulator behind it.")
    var url = "ws://127.0.0.1:8000/ws"

    @Option(help: "The process whose memory is looked at (default: the one that listens on the port, if it is here)")
    var pid: Int?

    @Option(help: "Seconds of all; the first fifth is without hostile clients.")
    var seconds = 60.0

    @Option(help: "Honest clients.")
    var honest = 10

    @Option(help: "Symbols that the exchange has, with commas between them.")
    var symbols = "BTCUSDT,ETHUSDT,SOLUSDT,XRPUSDT"

    @Option(
        help:
            "Only these kinds, with commas between them: \(HostileKind.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var kinds: String?

    @Option(help: "By how many MB the memory of the node may grow before that is a problem.")
    var memoryBound = 64

    @Option(help: "File for the result as JSON; - is standard output, and the table then goes to standard error.")
    var json: String?

    mutating func run() async throws {
        let interruption = Interruption()
        interruption.listen()
        let report = try await Output.orExit {
            var options = HostileOptions(url: try Endpoint(url, schemes: ["ws"], defaultPort: 80))
            (options.process, options.seconds, options.honest) = (pid, seconds, honest)
            options.symbols = symbols.split(separator: ",").map(String.init)
            options.memoryBound = memoryBound << 20
            if let kinds { options.kinds = try kinds.split(separator: ",").map(Self.kind) }
            return try await HostileRun(options, interruption: interruption).run()
        }
        try Output(json: json).write(table: report.table, json: report.json())
        if report.isInterrupted { throw ExitCode(130) }
        if !report.problems.isEmpty { throw ExitCode(2) }
    }

    private static func kind(_ name: Substring) throws -> HostileKind {
        guard let kind = HostileKind(rawValue: String(name)) else {
            let names = HostileKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw LoadFailure("'\(name)' is no kind of hostile client: there are \(names)")
        }
        return kind
    }
}
