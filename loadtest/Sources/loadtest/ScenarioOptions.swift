import ArgumentParser
import LoadGenerator

/// The options that scenarios share, as the command line has them.
struct ScenarioOptions: ParsableArguments {
    @Option(help: "Whose protocol the clients speak: tidegate, nats or nchan.")
    var target = Target.tidegate

    @Option(
        help:
            "Where clients connect; several are taken in turn. nchan: ws://127.0.0.1:8080/sub/{stream} (default: the target's usual address)"
    )
    var url: [String] = []

    @Option(
        help: "Where to publish: nats://host:port, redis://host:port, http://host:port/pub/{stream} (nchan), or none."
    )
    var publish: String?

    @Option(help: "The Redis that keeps the history that resume needs, or none (default: the Redis of --publish)")
    var history: String?

    @Option(help: "The gateway's BRAND, which stands in the names of channels.")
    var brand = "tidegate"

    @Option(help: "Clients; 0 only publishes.")
    var clients = 1000

    @Option(help: "Streams that are published to.")
    var streams = 1

    @Option(help: "Streams of each client.")
    var subscriptions = 1

    @Option(help: "Publications per second over all streams; 0: as fast as deliveries keep up.")
    var rate = 100.0

    @Option(help: "Publications that are planned for one moment.")
    var burst = 1

    @Option(help: "Bytes of a publication's data.")
    var bytes = 400

    @Option(name: .customLong("class"), help: "Delivery class of the streams: latest, delta or event.")
    var deliveryClass = ClassOption.latest

    @Option(help: "Seconds that are measured.")
    var seconds = 10.0

    @Option(help: "Seconds of publishing before them.")
    var warmup = 2.0

    @Option(help: "Share of the clients that are slow (scenario slow).")
    var slowShare = 0.05

    @Option(help: "How they are slow: stop (read nothing more), trickle (10 KB/s) or steady (see --slow-rate).")
    var slowKind = SlowKind.stop

    @Option(help: "Bytes a second that a steady client reads, without a pause, from the beginning.")
    var slowRate = 25_000

    @Option(help: "Receive buffer of a steady client, in bytes.")
    var slowBuffer = 16_384

    @Option(help: "Clients that leave and come per second (scenario churn; default: a tenth of them)")
    var churnRate: Double?

    @Option(help: "Loopback addresses that clients connect from, 127.0.0.1 and on (default: one for 20,000 clients)")
    var sources: Int?

    @Option(help: "Event loops of the clients.")
    var threads = 1

    @Option(help: "Connections that are being made at a time.")
    var connectWindow = 512

    @Option(help: "File for the result as JSON; - is standard output, and the table then goes to standard error.")
    var json: String?

    @Flag(help: "Wait for a line on standard input before publishing, and for another before closing.")
    var hold = false

    @Flag(help: "No line each second.")
    var quiet = false

    func loadOptions(_ scenario: Scenario) throws -> LoadOptions {
        var options = LoadOptions(scenario)
        options.target = target
        options.urls = try (url.isEmpty ? [usualURL] : url).map { try Endpoint($0, schemes: ["ws"], defaultPort: 80) }
        options.source = try source(scenario)
        options.history = try historyEndpoint(options.source)
        options.brand = brand
        options.clients = clients
        options.streams = streams
        options.subscriptions = subscriptions
        options.rate = rate
        options.burst = burst
        options.bytes = bytes
        options.deliveryClass = deliveryClass.value
        options.seconds = seconds
        options.warmup = warmup
        options.slowShare = slowShare
        options.slowKind = slowKind
        options.slowRate = slowRate
        options.slowBuffer = slowBuffer
        options.churnRate = churnRate
        options.sources = sources
        options.threads = threads
        options.connectWindow = connectWindow
        options.isHeld = hold
        options.showsProgress = !quiet
        return options
    }

    private var usualURL: String {
        switch target {
        case .tidegate: "ws://127.0.0.1:8000/ws"
        case .nats: "ws://127.0.0.1:9222"
        case .nchan, .raw: "ws://127.0.0.1:8080/sub/{stream}"
        }
    }

    private func source(_ scenario: Scenario) throws -> LoadOptions.Source {
        switch (publish, target) {
        case ("none", _): return .none
        case (nil, _) where scenario == .idle: return .none
        case (_, .tidegate):
            let text = publish ?? "nats://127.0.0.1:4222"
            return .broker(
                try Endpoint(text, schemes: ["nats", "redis"], defaultPort: text.hasPrefix("n") ? 4222 : 6379)
            )
        case (_, .nats):
            return .broker(try Endpoint(publish ?? "nats://127.0.0.1:4222", schemes: ["nats"], defaultPort: 4222))
        case (_, .nchan), (_, .raw):
            return .broker(
                try Endpoint(publish ?? "http://127.0.0.1:8080/pub/{stream}", schemes: ["http"], defaultPort: 80)
            )
        }
    }

    private func historyEndpoint(_ source: LoadOptions.Source) throws -> Endpoint? {
        if let history { return history == "none" ? nil : try Endpoint(history, schemes: ["redis"], defaultPort: 6379) }
        guard case .broker(let endpoint) = source, endpoint.scheme == "redis" else { return nil }
        return endpoint
    }
}

extension Target: ExpressibleByArgument {}
extension SlowKind: ExpressibleByArgument {}
