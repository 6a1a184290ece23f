import ArgumentParser
import Logging
import Platform

/// `tidegate bench`: the figures that the project promises, measured on this machine.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure throughput, latency and resume on this machine.",
        discussion: """
            ticker, trade, book: frames of the simulator through the ingestor's pipeline on one core, in frames per second \
            of CPU time. latency: from the ingestor's read to a client's read over loopback, with simulator, gateway and \
            client in one process. redis, nats: publications through history and broker to one subscriber. handshakes: \
            clients that come to one edge node, without a credential, with tokens and with API keys. resume, resume-es256: \
            clients that all come back at once to one edge node, without a credential or with tokens. latency-redis, \
            latency-nats: as latency, with ingestor, broker, history and edge node as processes of their own. What has \
            rounds is told by its median. Servers are started on free ports; what needs one that is not installed is skipped.
            """
    )

    @Option(help: "Rounds of each measurement of throughput, handshakes or resume.")
    var rounds = 5

    @Option(help: "Frames in each round of ticker, trade and book.")
    var frames = 100_000

    @Option(help: "Seconds of each round of publications, and of each measurement of latency.")
    var seconds = 5

    @Option(help: "Symbols in the measurements of latency: 10 messages a second each, 10,000 together in a cluster.")
    var symbols = 500

    @Option(help: "Streams in the measurements of publications.")
    var streams = 500

    @Option(help: "Publications in each batch.")
    var batch = 1000

    @Option(help: "Clients that come, or come back at once.")
    var clients = 10_000

    @Option(help: "Measure only this.")
    var only: Measurement?

    func validate() throws {
        guard rounds > 0, frames > 0, seconds > 0 else {
            throw ValidationError("--rounds, --frames and --seconds must be above 0")
        }
        guard (1...900).contains(symbols) else {
            throw ValidationError("--symbols must be from 1 to 900: no more topics fit on a connection to the exchange")
        }
        guard streams > 0, batch > 0 else { throw ValidationError("--streams and --batch must be above 0") }
        guard (1...25_000).contains(clients) else {
            throw ValidationError("--clients must be from 1 to 25000: they share the ports of one address")
        }
    }

    func run() async throws {
        LoggingBootstrap.bootstrap(level: .error, json: false)
        var hasFailed = false
        for measurement in only.map({ [$0] }) ?? Measurement.allCases {
            print("\(title(of: measurement)):")
            do {
                try await run(measurement)
            } catch BenchFailure.skipped(let reason) {
                print("  skipped: \(reason)")
            } catch {
                print("  FAILED: \(error)")
                hasFailed = true
            }
        }
        if hasFailed { throw ExitCode.failure }
    }

    private func title(of measurement: Measurement) -> String {
        switch measurement {
        case .ticker, .trade, .book: "Transform of \(measurement) frames, frames per second of CPU time of one core"
        case .latency:
            "Ingest to socket in one process, \(symbols) symbols at 10/s to one client with all of them, \(seconds) s"
        case .redis: publishing("a Redis that is history and broker")
        case .nats: publishing("a Redis that is the history and a NATS that is the broker")
        case .handshakes:
            "Handshakes with upgrade of \(clients) clients at an edge node with one event loop, \(rounds) rounds"
        case .resume: "Resume of \(clients) clients that connect at once to a new edge node, \(rounds) rounds"
        case .resumeES256:
            "Resume of \(clients) clients that connect at once to a new edge node, each with an ES256 token, "
                + "\(rounds) rounds"
        case .latencyRedis: cluster("Redis")
        case .latencyNATS: cluster("NATS and Redis")
        }
    }

    private func publishing(_ stores: String) -> String {
        "Publishing \(PublicationSource.bytes) bytes in batches of \(batch) over \(streams) streams to one subscriber "
            + "through \(stores), \(rounds) rounds of \(seconds) s"
    }

    private func cluster(_ stores: String) -> String {
        "Ingest to socket in a cluster over \(stores), \(symbols) symbols, "
            + "\(ClusterLatencyBench.publicationsPerSecond)/s to one client with all of them, \(seconds) s"
    }

    private func run(_ measurement: Measurement) async throws {
        func report(_ line: String) { print("  \(line)") }
        switch measurement {
        case .ticker: report(try await TransformBench(topic: .ticker, rounds: rounds, frames: frames).run())
        case .trade: report(try await TransformBench(topic: .trade, rounds: rounds, frames: frames).run())
        case .book: report(try await TransformBench(topic: .book, rounds: rounds, frames: frames).run())
        case .latency: report(try await LatencyBench(symbols: symbols, seconds: seconds).run())
        case .redis: try await publishBench(.redis).run(report)
        case .nats: try await publishBench(.nats).run(report)
        case .handshakes: try await HandshakeBench(clients: clients, rounds: rounds).run(report)
        case .resume: try await ResumeBench(clients: clients, rounds: rounds).run(report)
        case .resumeES256:
            try await ResumeBench(clients: clients, rounds: rounds, credential: .es256).run(report)
        case .latencyRedis:
            report(try await ClusterLatencyBench(stores: .redis, symbols: symbols, seconds: seconds).run())
        case .latencyNATS:
            report(try await ClusterLatencyBench(stores: .nats, symbols: symbols, seconds: seconds).run())
        }
    }

    private func publishBench(_ stores: LocalStores.Kind) -> PublishBench {
        PublishBench(stores: stores, streams: streams, rounds: rounds, seconds: seconds, batch: batch)
    }
}
