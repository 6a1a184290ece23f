import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

@testable import BybitSimulator

/// A WebSocket client that hands out what arrives, in order. Used by one test's task.
final class TestClient {
    enum Event: Equatable, Sendable {
        case text(String)
        case pong(String)
        case close
        /// The TCP connection is gone.
        case ended
    }

    struct Ended: Error {}

    let channel: any Channel
    private var events: AsyncStream<Event>.Iterator

    private init(channel: any Channel, events: AsyncStream<Event>) {
        self.channel = channel
        self.events = events.makeAsyncIterator()
    }

    static func connect(port: Int, path: String = ControlRoute.webSocketPath) async throws -> TestClient {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        let upgraded = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let upgrader = NIOTypedWebSocketClientUpgrader(
                        maxFrameSize: 128 * 1_024 * 1_024,
                        upgradePipelineHandler: { channel, _ in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHandler(Receiver(continuation))
                                return true
                            }
                        }
                    )
                    let head = HTTPRequestHead(
                        version: .http1_1,
                        method: .GET,
                        uri: path,
                        headers: ["Host": "127.0.0.1", "Content-Length": "0"]
                    )
                    return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                        configuration: .init(
                            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                                upgradeRequestHead: head,
                                upgraders: [upgrader],
                                notUpgradingCompletionHandler: { $0.eventLoop.makeSucceededFuture(false) }
                            )
                        )
                    ).map { (channel, $0) }
                }
            }.get()
        guard upgraded.1 else { throw Ended() }
        return TestClient(channel: upgraded.0, events: events)
    }

    func send(_ text: String) async throws {
        try await write(.text, ByteBuffer(string: text))
    }

    func ping(_ text: String) async throws {
        try await write(.ping, ByteBuffer(string: text))
    }

    func next() async throws -> Event {
        guard let event = await events.next() else { throw Ended() }
        return event
    }

    /// The next text frame, parsed.
    func frame() async throws -> [String: Any] {
        while true {
            switch try await next() {
            case .text(let text): return JSON.object(text)
            case .ended: throw Ended()
            case .pong, .close: continue
            }
        }
    }

    func frame(where condition: ([String: Any]) -> Bool) async throws -> [String: Any] {
        while true {
            let frame = try await frame()
            if condition(frame) { return frame }
        }
    }

    /// Subscribes and returns the acknowledgement.
    func subscribe(_ topics: String...) async throws -> [String: Any] {
        let list = topics.map { "\"\($0)\"" }.joined(separator: ",")
        try await send("{\"req_id\":\"s\",\"op\":\"subscribe\",\"args\":[\(list)]}")
        return try await frame { $0.text("op") == "subscribe" }
    }

    func close() async {
        try? await channel.close()
    }

    private func write(_ opcode: WebSocketOpcode, _ data: ByteBuffer) async throws {
        try await channel.writeAndFlush(WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data))
    }

    /// Lives on the channel's loop; what it receives waits unbounded, which a test's few frames are no danger to.
    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = WebSocketFrame

        private let continuation: AsyncStream<Event>.Continuation

        init(_ continuation: AsyncStream<Event>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let frame = unwrapInboundIn(data)
            switch frame.opcode {
            case .text: continuation.yield(.text(String(buffer: frame.data)))
            case .pong: continuation.yield(.pong(String(buffer: frame.data)))
            case .connectionClose: continuation.yield(.close)
            default: break
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            continuation.yield(.ended)
            continuation.finish()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
