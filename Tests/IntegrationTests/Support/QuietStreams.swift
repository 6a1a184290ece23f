import Core
import Logging
import NIOCore
import NIOPosix
import Platform
import Stores
import TestSupport
import Testing

@testable import EdgeNode
@testable import Ingestor

/// A publisher with its heartbeats on one side of a broker, and a node with a client on the other, to see what becomes of a
/// message that the broker loses.
struct QuietStreams {
    /// The ingestor's own connection to the broker.
    let broker: any Broker
    let history: any History
    let node: RunningNode
    let stream: StreamName
    private let collector: StreamCollector

    private static let epoch: UInt64 = 7

    /// Runs `body` while the ingestor beats; the client has been answered.
    static func with(
        _ broker: any Broker,
        node nodesBroker: any Broker,
        history: any History = InProcessHistory(),
        _ body: (QuietStreams, Publisher) async throws -> Void
    ) async throws {
        let logger = RateLimitedLogger(CollectedLog().logger)
        let term = try await SoleLeadership(epoch: epoch).acquire()
        let publisher = Publisher(
            outlet: HistoryThenBroker(history: history, broker: broker),
            term: term,
            counters: PublishingCounters(),
            logger: logger,
            onConflict: { _, _ in }
        )
        let heartbeater = Heartbeater(
            broker: broker,
            term: term,
            publisher: publisher,
            upstream: { UpstreamStatus() },
            logger: logger
        )
        let stream = try StreamName(canonical: "trade.BTCUSDT")
        try await RunningNode.with(broker: nodesBroker, history: history) { _ in
        } _: { node in
            let delivering = Task { _ = await publisher.run() }
            let beating = Task { await heartbeater.run() }
            let collector = StreamCollector(requests: [#"{"op":"subscribe","args":["trade:BTCUSDT"]}"#])
            let client = WebSocketClient(group: .singletonMultiThreadedEventLoopGroup)
            let connection = try await client.connect(to: WebSocketURL(node.url)) { _ in collector }
            _ = await collector.texts.elements(atLeast: 1)
            let quiet = QuietStreams(broker: broker, history: history, node: node, stream: stream, collector: collector)
            let result: Result<Void, any Error>
            do { result = .success(try await body(quiet, publisher)) } catch { result = .failure(error) }
            try? await connection.close()
            beating.cancel()
            publisher.finish()
            await beating.value
            await delivering.value
            try result.get()
        }
    }

    func publication(_ sequence: UInt64, bytes: Int = 2) -> Publication {
        Publication(
            stream: stream,
            position: Position(epoch: Self.epoch, sequence: sequence),
            kind: .update,
            exchangeTime: 1,
            ingestTime: 1,
            data: ByteBuffer(string: "[\(String(repeating: " ", count: bytes - 2))]")
        )
    }

    /// Waits until the client has had so many messages of the stream, and answers how long that took.
    func heard(_ count: Int) async -> Duration {
        let start = ContinuousClock.now
        // The answer to its request came first.
        _ = await collector.texts.elements(atLeast: count + 1)
        return ContinuousClock.now - start
    }

    /// The sequences that the client was given, and notices of gaps as they are.
    var sequences: [String] {
        collector.texts.elements.dropFirst().map { text in
            guard let start = text.firstRange(of: #""seq":"#) else { return text }
            return String(text[start.upperBound...].prefix { $0.isNumber })
        }
    }
}
