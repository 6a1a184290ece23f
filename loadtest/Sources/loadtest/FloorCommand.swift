import ArgumentParser
import LoadGenerator

/// `loadtest floor`.
struct FloorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "floor",
        abstract: "A server that only sends, by a bare loop of send(2): what no server can be cheaper than."
    )

    @Option(help: "Port of 127.0.0.1 to listen on.")
    var port: Int

    @Option(help: "Clients to wait for.")
    var clients = 1000

    @Option(help: "Bytes of a message.")
    var bytes = 400

    @Option(help: "Messages per second to each client; 0: as fast as it goes.")
    var rate = 10.0

    @Option(help: "Seconds that are measured.")
    var seconds = 10.0

    @Option(help: "Seconds of sending before them.")
    var warmup = 2.0

    @Option(help: "File for the result as JSON; - is standard output, and the table then goes to standard error.")
    var json: String?

    @Flag(help: "Wait for a line on standard input before sending, and for another before closing.")
    var hold = false

    mutating func run() async throws {
        var options = FloorOptions(port: port)
        (options.clients, options.bytes, options.rate) = (clients, bytes, rate)
        (options.seconds, options.warmup, options.isHeld) = (seconds, warmup, hold)
        let interruption = Interruption()
        interruption.listen()
        let checked = options
        let report = try await Output.orExit {
            try await Floor(checked, interruption: interruption).run {
                StandardError.write(line: #"{"event":"listening"}"#)
            }
        }
        try Output(json: json).write(table: report.table, json: report.json())
        if report.isInterrupted { throw ExitCode(130) }
        if report.closed > 0 { throw ExitCode(2) }
    }
}
