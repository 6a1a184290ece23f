import ArgumentParser
import LoadGenerator

/// `loadtest sink`.
struct SinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sink",
        abstract: "Clients of `loadtest floor`: they read raw bytes, and measure as the scenarios do."
    )

    @Option(help: "The floor's port on 127.0.0.1.")
    var port: Int

    @Option(help: "Clients: as many as the floor waits for.")
    var clients = 1000

    @Option(help: "Bytes of a message, as the floor has it.")
    var bytes = 400

    @Option(help: "Seconds that are measured.")
    var seconds = 10.0

    @Option(help: "Seconds of reading before them.")
    var warmup = 2.0

    @Option(help: "Loopback addresses that clients connect from, 127.0.0.1 and on (default: one for 20,000 clients)")
    var sources: Int?

    @Option(help: "Event loops of the clients.")
    var threads = 1

    @Option(help: "File for the result as JSON; - is standard output, and the table then goes to standard error.")
    var json: String?

    @Flag(help: "Wait for a line on standard input before measuring, and for another before closing.")
    var hold = false

    @Flag(help: "No line each second.")
    var quiet = false

    mutating func run() async throws {
        let interruption = Interruption()
        interruption.listen()
        try await Output(json: json).tell {
            var options = LoadOptions(.sink)
            options.target = .raw
            options.urls = [try Endpoint("tcp://127.0.0.1:\(port)", schemes: ["tcp"])]
            (options.clients, options.bytes, options.seconds) = (clients, bytes, seconds)
            (options.warmup, options.sources, options.threads) = (warmup, sources, threads)
            (options.isHeld, options.showsProgress) = (hold, !quiet)
            return try await LoadTest(options, interruption: interruption).run()
        }
    }
}
