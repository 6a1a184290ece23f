import ArgumentParser
import Foundation
import Logging
import Shared

/// `tidegate bench`: the figures that the project promises, measured on this machine.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure transform throughput and publish-to-socket latency on this machine.",
        discussion: """
            Throughput: frames of the simulator through the ingestor's pipeline on one core, in frames per second of CPU \
            time; the median of several rounds. Latency: from the ingestor's read to a client's read over loopback, with \
            simulator, gateway and client in one process. Redis: a redis-server of its own, where one is installed.
            """
    )

    @Option(help: "Rounds of each throughput measurement.")
    var rounds = 5

    @Option(help: "Frames in each round.")
    var frames = 100_000

    @Option(help: "Seconds of the latency measurement.")
    var seconds = 10

    @Option(help: "Symbols in the latency measurement, each at 10 messages a second.")
    var symbols = 500

    @Option(help: "Streams in the measurement of Redis.")
    var streams = 500

    @Option(help: "Publications in each batch of the measurement of Redis.")
    var batch = 1000

    @Option(help: "Measure only this: ticker, trade, book, latency or redis.")
    var only: String?

    func validate() throws {
        guard rounds > 0, frames > 0, seconds > 0, (1...5000).contains(symbols) else {
            throw ValidationError("--rounds, --frames and --seconds must be above 0, --symbols from 1 to 5000")
        }
        guard streams > 0, batch > 0 else { throw ValidationError("--streams and --batch must be above 0") }
        let names = TransformBench.Topic.allCases.map(\.rawValue) + ["latency", "redis"]
        if let only, !names.contains(only) {
            throw ValidationError("--only must be one of \(names.joined(separator: ", "))")
        }
    }

    func run() async throws {
        LoggingBootstrap.bootstrap(level: .error, json: false)
        do {
            if only != "latency", only != "redis" {
                print("Transform throughput, one core, frames per second of CPU time:")
            }
            for topic in TransformBench.Topic.allCases where only == nil || only == topic.rawValue {
                let result = try await TransformBench(topic: topic, rounds: rounds, frames: frames).run()
                print("  \(result)")
            }
            if only == nil || only == "latency" {
                print(
                    "Publish-to-socket latency, \(symbols) symbols at 10/s to one client with all of them, \(seconds) s:"
                )
                print("  \(try await LatencyBench(symbols: symbols, seconds: seconds).run())")
            }
            if only == nil || only == "redis" {
                print("Publishing through a Redis on this machine to one subscriber, \(seconds) s each:")
                try await RedisBench(streams: streams, seconds: seconds, batchSize: batch).run { print("  \($0)") }
            }
        } catch {
            exitWithError("bench", error)
        }
    }
}
