import Core
import NIOCore
import NIOEmbedded
import Platform
import Synchronization
import Testing

@testable import EdgeNode

/// One client at the other end of a `ClientConnection`.
final class TestClient: Sendable {
    let channel: NIOAsyncTestingChannel
    let loop: NIOAsyncTestingEventLoop
    private let gate = FlushGate()

    init(
        _ port: ShardPort,
        _ loop: NIOAsyncTestingEventLoop,
        _ mode: ClientConnection.Mode,
        greeting: DialectID?,
        as principal: Principal = .anonymous
    ) async throws {
        self.loop = loop
        let gate = gate
        self.channel = try await NIOAsyncTestingChannel(loop: loop) { channel in
            let connection = ClientConnection(
                shard: port.shard.value,
                admitted: Admitted(principal),
                number: port.shard.value.node.accepted.add(),
                mode: mode,
                greeting: greeting,
                at: channel.eventLoop.now
            )
            try channel.pipeline.syncOperations.addHandlers([gate])
            try channel.pipeline.syncOperations.addHandler(connection)
        }
        try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/peer")).get()
    }

    var isOpen: Bool { channel.isActive }

    func send(_ text: String) async throws { try await send(bytes: WebSocketClientFrame.text(text)) }

    func send(bytes: [UInt8]) async throws { try await channel.writeInbound(ByteBuffer(bytes: bytes)) }

    /// All that the server has sent since the last look.
    func frames() async throws -> [ServerFrame] {
        // What the loop has set itself to do is done only when it is run.
        await loop.run()
        var bytes = ByteBuffer()
        while var buffer = try await channel.readOutbound(as: ByteBuffer.self) { bytes.writeBuffer(&buffer) }
        return ServerFrame.read(from: &bytes).filter { $0 != .pong(ByteBuffer(bytes: Self.lastTaken)) }
    }

    func texts() async throws -> [String] {
        try await frames().compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    /// Waits for the first text from now on.
    func awaitTexts() async throws -> [String] {
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            let texts = try await texts()
            if !texts.isEmpty { return texts }
            try await EdgeFixture.pause()
        }
        throw EdgeFixture.Timeout()
    }

    /// The same in a few words each: `snapshot 5 @1`, `update 7...9`, `gap 7...9 edge`, `close 4008`.
    func told() async throws -> [String] { try await frames().map(\.brief) }

    /// Waits for so many frames from now on, and gives them with what came along with them.
    func awaitTold(_ count: Int = 1) async throws -> [String] {
        let deadline = ContinuousClock.now + .seconds(300)
        var told: [String] = []
        while ContinuousClock.now < deadline {
            told += try await self.told()
            if told.count >= count { return told }
            try await EdgeFixture.pause()
        }
        Issue.record("waited for \(count) frames; there came \(told)")
        throw EdgeFixture.Timeout()
    }

    /// Subscribes in the `op` dialect; gives what comes back.
    @discardableResult
    func subscribe(_ arguments: String...) async throws -> [String] {
        let list = arguments.map { $0.hasPrefix("{") ? $0 : "\"\($0)\"" }.joined(separator: ",")
        try await send(#"{"op":"subscribe","args":[\#(list)]}"#)
        return try await awaitTold()
    }

    /// The client stops reading: its socket takes the answer to a ping, and nothing more.
    func stopReading() async throws {
        gate.isClosed.store(true, ordering: .relaxed)
        try await send(bytes: WebSocketClientFrame.ping(Self.lastTaken))
    }

    /// The client takes all that waits for it.
    func readOn() async throws {
        gate.isClosed.store(false, ordering: .relaxed)
        let channel = channel
        try await loop.executeInContext { channel.flush() }
    }

    /// In the pong that fills the socket.
    private static let lastTaken: [UInt8] = Array("full".utf8)

    func disconnect() async throws { try await channel.close() }
}

/// Keeps what is written from being flushed, as a socket whose peer does not read.
private final class FlushGate: ChannelOutboundHandler, Sendable {
    typealias OutboundIn = ByteBuffer

    let isClosed = Atomic(false)

    func flush(context: ChannelHandlerContext) {
        if !isClosed.load(ordering: .relaxed) { context.flush() }
    }
}
