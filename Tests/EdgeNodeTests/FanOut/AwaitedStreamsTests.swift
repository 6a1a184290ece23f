import Logging
import NIOCore
import NIOEmbedded
import Shared
import Testing

@testable import EdgeNode

/// A request for several streams of which one has to be awaited.
@Suite struct AwaitedStreamsTests {
    @Test("A stream that is let go while the request awaits another is awaited again, and not forgotten")
    func streamLetGoMeanwhile() throws {
        let loop = EmbeddedEventLoop()
        let mailbox = ShardMailbox()
        let shard = Self.makeShard(loop, mailbox)
        let channel = EmbeddedChannel(loop: loop)
        let connection = ClientConnection(shard: shard, mode: .client, greeting: nil, at: .now())
        try channel.pipeline.syncOperations.addHandler(connection)
        let depth = try StreamName(op: "depth:ETHUSDT")
        let ticker = try StreamName(op: "ticker:ETHUSDT")

        func say(_ text: String) throws { try channel.writeInbound(ByteBuffer(bytes: WebSocketClientFrame.text(text))) }
        func activate(_ stream: StreamName) {
            _ = mailbox.post([.activated(stream, StreamState(stream.deliveryClass))])
            shard.drain()
        }
        func heard() throws -> String {
            shard.flush()
            var text = ""
            while let frame = try channel.readOutbound(as: ByteBuffer.self) {
                text += String(buffer: frame.dropHeader())
            }
            return text
        }

        try say(#"{"op":"subscribe","args":["depth:ETHUSDT"]}"#)
        activate(depth)
        try say(#"{"op":"unsubscribe","args":["depth:ETHUSDT"]}"#)
        _ = try heard()

        // Nobody has the book, but it is still live here; the ticker is not.
        try say(#"{"op":"subscribe","args":["depth:ETHUSDT","ticker:ETHUSDT"]}"#)
        shard.sweep(at: .now() + .seconds(1))
        activate(ticker)
        #expect(try heard() == "", "the reply must wait for the book")
        activate(depth)
        let reply = try heard()
        #expect(reply.contains(#""args":["depth:ETHUSDT","ticker:ETHUSDT"]"#), "\(reply)")
        #expect(connection.subscriptions.count == 2)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    private static func makeShard(_ loop: EmbeddedEventLoop, _ mailbox: ShardMailbox) -> Shard {
        let logger = RateLimitedLogger(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let board = InProcessDemandBoard()
        let demand = DemandReporter(node: "test", board: board, lease: .seconds(15), logger: logger)
        // Never started: the tests say themselves when a stream is live.
        let hub = Hub(brand: "test", broker: InProcessBroker(), history: Unread(), demand: demand, logger: logger)
        var settings = ConnectionSettings()
        settings.linger = .zero
        return Shard(
            index: 0,
            eventLoop: loop,
            settings: settings,
            node: NodeState(maximumClients: 10),
            counters: ShardCounters(),
            hub: hub,
            mailbox: mailbox,
            copiesFrames: false
        )
    }

    /// A history that takes longer than any test.
    private struct Unread: History {
        func append(_ batch: [Publication]) async throws {}

        func read(_ stream: StreamName, from sequence: UInt64, limit: Int) async throws -> HistorySlice {
            try await Task.sleep(for: .seconds(3600))
            return HistorySlice()
        }
    }
}

extension ByteBuffer {
    /// The payload of a server's frame.
    fileprivate func dropHeader() -> ByteBuffer {
        let length = getInteger(at: readerIndex + 1, as: UInt8.self) ?? 0
        return getSlice(at: readerIndex + (length == 126 ? 4 : 2), length: readableBytes - (length == 126 ? 4 : 2))
            ?? self
    }
}
