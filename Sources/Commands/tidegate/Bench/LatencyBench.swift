import BybitSimulator
import EdgeNode
import Ingestor
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Shared
import Synchronization

/// The time from the ingestor's read of a frame to a client's read of what came of it, over loopback sockets.
struct LatencyBench {
    let symbols: Int
    let seconds: Int

    func run() async throws -> String {
        let settings = try ResolvedSettings.defaults(for: .standalone)
            .replacing(Settings.Edge.port, with: 0)
            .replacing(Settings.Edge.host, with: "127.0.0.1")
            .replacing(Settings.Clients.maxSubscriptions, with: symbols)
        var market = SimulatorConfiguration()
        market.symbols = symbols
        let simulator = BybitSimulator(configuration: market, logger: Logger(label: "simulator"))
        let upstream = try WebSocketURL("ws://127.0.0.1:\(try await simulator.start())/v5/public/linear")
        let gateway = try await Gateway.make(
            settings,
            upstream: .url(upstream),
            port: nil,
            logger: Logger(label: "bench")
        )
        let streams = InstrumentCatalogue(count: symbols).instruments.map { "ticker.\($0.symbol)" }
        let tap = Tap()
        let subscriber = gateway.stores.broker.attach(tap)
        for stream in streams { try await subscriber.subscribe(to: StreamName(canonical: stream)) }
        let samples = try await withThrowingTaskGroup(of: [Int64]?.self) { tasks in
            tasks.addTask {
                try await gateway.run()
                return nil
            }
            tasks.addTask { try await receive(streams, port: gateway.edge.port ?? 0, tap) }
            defer { tasks.cancelAll() }
            return try await tasks.next() ?? nil
        }
        await simulator.stop()
        guard let sorted = samples?.sorted(), !sorted.isEmpty else { return "no message arrived" }
        func percentile(_ share: Double) -> Double { Double(sorted[Int(Double(sorted.count - 1) * share)]) / 1000 }
        return "p50 \(percentile(0.5)) ms, p99 \(percentile(0.99)) ms, \(sorted.count / seconds) messages/s"
    }

    /// Latencies in microseconds of what a client with all the streams receives, after a second of warming up.
    private func receive(_ streams: [String], port: Int, _ tap: Tap) async throws -> [Int64] {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var request = JSONObjectWriter()
        request.string("action", "subscribe")
        request.strings("streams", streams)
        let text = request.finish()
        let samples = Samples()
        let channel = try await WebSocketClient(group: group)
            .connect(to: WebSocketURL("ws://127.0.0.1:\(port)/ws")) { _ in
                Client(request: text, tap: tap, samples: samples)
            }
        try await Task.sleep(for: .seconds(1))
        samples.start()
        try await Task.sleep(for: .seconds(seconds))
        let result = samples.finish()
        try await channel.close()
        try await group.shutdownGracefully()
        return result
    }

    /// Remembers when each publication was read from the exchange, by pair and sequence.
    private final class Tap: BrokerReceiver {
        private let times = Mutex<[String: [UInt64: Int64]]>([:])

        func mayHaveMissed(_ loss: BrokerLoss) {}

        func receive(_ batch: [Publication]) {
            times.withLock { times in
                for publication in batch {
                    let name = "ticker.\(TradingSymbol.pair(of: publication.stream.subject))"
                    times[name, default: [:]][publication.position.sequence] = publication.ingestTime
                }
            }
        }

        func take(_ stream: String, _ sequence: UInt64) -> Int64? {
            times.withLock { $0[stream]?.removeValue(forKey: sequence) }
        }
    }

    private final class Samples: Sendable {
        private let state = Mutex<(isOn: Bool, values: [Int64])>((false, []))

        func start() { state.withLock { $0.isOn = true } }

        func add(_ value: Int64) { state.withLock { if $0.isOn { $0.values.append(value) } } }

        func finish() -> [Int64] {
            state.withLock { state in
                state.isOn = false
                return state.values
            }
        }
    }

    private final class Client: WebSocketClientDelegate {
        private let request: ByteBuffer
        private let tap: Tap
        private let samples: Samples

        init(request: ByteBuffer, tap: Tap, samples: Samples) {
            self.request = request
            self.tap = tap
            self.samples = samples
        }

        func opened(_ connection: WebSocketConnection) { connection.send(text: request) }

        func received(_ message: ByteBuffer) {
            let now = WallClock.microseconds()
            var stream: String?
            var sequence: Int64?
            message.withUnsafeReadableBytes { bytes in
                var cursor = JSONCursor(bytes)
                try? cursor.object { (key, cursor) throws(JSONError) in
                    if key.equals("stream") {
                        stream = try cursor.plainString()
                    } else if key.equals("seq") {
                        sequence = try cursor.integer()
                    } else {
                        try cursor.skip()
                    }
                }
            }
            guard let stream, let sequence, let time = tap.take(stream, UInt64(sequence)) else { return }
            samples.add(now - time)
        }

        func receivedOversized(bytes: Int) {}
        func readCompleted() {}
        func closed(reason: String) {}
    }
}
