import NIOCore
import NIOPosix
import Synchronization

/// Stands between a client of NATS or Redis and its server, and hands on everything but what it is told to swallow: as a
/// broker that lost one message, or forgot one subscription.
final class SwallowingProxy: Sendable {
    /// How far the first whole message at the beginning of these bytes goes; nil where its end has not come.
    typealias Framing = @Sendable (ByteBufferView) -> Int?

    private struct State {
        var pattern: String?
        var swallowed = 0
        /// To the server, of the client that has subscribed.
        var subscriber: (any Channel)?
    }

    private let state = Mutex(State())
    private let listener = Mutex<(any Channel)?>(nil)
    private let framing: Framing

    /// Runs `body` with a proxy in front of this port of 127.0.0.1.
    static func with(_ framing: @escaping Framing, to port: Int, _ body: (SwallowingProxy) async throws -> Void)
        async throws
    {
        let proxy = SwallowingProxy(framing)
        try await proxy.start(to: port)
        let result: Result<Void, any Error>
        do { result = .success(try await body(proxy)) } catch { result = .failure(error) }
        try await proxy.listener.withLock { $0 }?.close()
        try result.get()
    }

    private init(_ framing: @escaping Framing) { self.framing = framing }

    var port: Int { listener.withLock { $0?.localAddress?.port } ?? 0 }

    var swallowed: Int { state.withLock { $0.swallowed } }

    /// The next message of the server that contains this does not reach its client.
    func swallowNext(_ pattern: String) { state.withLock { $0.pattern = pattern } }

    /// Writes to the server as if the client that has subscribed had.
    func sayToServer(_ text: String) async throws {
        try await state.withLock({ $0.subscriber })?.writeAndFlush(ByteBuffer(string: text)).get()
    }

    fileprivate func hear(_ bytes: ByteBuffer, for server: any Channel) {
        guard String(buffer: bytes).contains("SUBSCRIBE") else { return }
        state.withLock { $0.subscriber = server }
    }

    fileprivate func isSwallowed(_ message: ByteBufferView) -> Bool {
        state.withLock { state in
            guard let pattern = state.pattern, String(decoding: message, as: UTF8.self).contains(pattern) else {
                return false
            }
            state.pattern = nil
            state.swallowed += 1
            return true
        }
    }

    private func start(to port: Int) async throws {
        let server = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { [self] client in
                ClientBootstrap(group: client.eventLoop)
                    .channelInitializer { server in
                        server.eventLoop.makeCompletedFuture {
                            try server.pipeline.syncOperations.addHandler(Relay(to: client, self))
                        }
                    }
                    .connect(host: "127.0.0.1", port: port)
                    .flatMap { [self] server in
                        client.eventLoop.makeCompletedFuture {
                            try client.pipeline.syncOperations.addHandler(Relay(to: server, self, isOfClient: true))
                        }
                    }
                    .flatMap { client.setOption(.autoRead, value: true) }
            }
        let channel = try await server.bind(host: "127.0.0.1", port: 0).get()
        listener.withLock { $0 = channel }
    }

    /// From one channel to the other; what the server says message by message.
    private final class Relay: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let other: any Channel
        private let proxy: SwallowingProxy
        private let isOfClient: Bool
        private var waiting = ByteBuffer()

        init(to other: any Channel, _ proxy: SwallowingProxy, isOfClient: Bool = false) {
            self.other = other
            self.proxy = proxy
            self.isOfClient = isOfClient
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            guard !isOfClient else {
                proxy.hear(bytes, for: other)
                return other.writeAndFlush(bytes, promise: nil)
            }
            waiting.writeBuffer(&bytes)
            while waiting.readableBytes > 0, let length = proxy.framing(waiting.readableBytesView),
                let message = waiting.readSlice(length: length)
            {
                if !proxy.isSwallowed(message.readableBytesView) { other.write(message, promise: nil) }
            }
            waiting.discardReadBytes()
            other.flush()
        }

        func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

extension SwallowingProxy {
    private static func line(_ bytes: ByteBufferView) -> (text: String, length: Int)? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let length = bytes.distance(from: bytes.startIndex, to: end) + 1
        return (String(decoding: bytes.prefix(max(0, length - 2)), as: UTF8.self), length)
    }

    /// A line, and of `MSG subject sid length` the payload behind it.
    static let nats: Framing = { bytes in
        guard let (text, length) = line(bytes) else { return nil }
        guard text.hasPrefix("MSG "), let payload = text.split(separator: " ").last.flatMap({ Int($0) }) else {
            return length
        }
        return bytes.count >= length + payload + 2 ? length + payload + 2 : nil
    }

    /// One reply: an array with all of its elements, a bulk string, or a line.
    static let redis: Framing = { replyLength($0) }

    private static func replyLength(_ bytes: ByteBufferView) -> Int? {
        guard let (text, length) = line(bytes) else { return nil }
        guard let count = Int(text.dropFirst()), count >= 0 else { return length }
        switch text.first {
        case "$": return bytes.count >= length + count + 2 ? length + count + 2 : nil
        case "*":
            var total = length
            for _ in 0..<count {
                guard let element = replyLength(bytes.dropFirst(total)) else { return nil }
                total += element
            }
            return total
        default: return length
        }
    }
}
