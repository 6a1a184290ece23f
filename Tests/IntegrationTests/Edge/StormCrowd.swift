import NIOCore
import NIOPosix
import Synchronization

/// A crowd of clients on one loop, as cheap as they can be: each sends one request for the upgrade with one subscribe
/// behind it, and looks only for the marks of what it waits for in what comes.
final class StormCrowd: Sendable {
    /// Clients that have the reply to their subscribe.
    let joined = Atomic(0)
    /// Clients that were refused because there was no place.
    let refused = Atomic(0)
    /// Clients that were told to go, and then closed with 1001.
    let dismissed = Atomic(0)
    private let group: any EventLoopGroup
    private let channels = Mutex<[any Channel]>([])

    init(on group: any EventLoopGroup) {
        self.group = group
    }

    /// All at once; returns when each is connected.
    func connect(_ count: Int, port: Int, streams: [String]) async throws {
        let request = Self.request(streams)
        let bootstrap = ClientBootstrap(group: group).connectTimeout(.seconds(60)).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Handler(crowd: self, request: request))
            }
        }
        let connects = (0..<count).map { _ in bootstrap.connect(host: "127.0.0.1", port: port) }
        for connect in connects {
            let channel = try await connect.get()
            channels.withLock { $0.append(channel) }
        }
    }

    /// What a machine does that dies: all sockets are closed at once.
    func crash() async throws {
        let channels = channels.withLock { $0 }
        try await group.next().submit { for channel in channels { channel.close(promise: nil) } }.get()
    }

    private static func request(_ streams: [String]) -> ByteBuffer {
        let list = streams.map { "\"\($0)\"" }.joined(separator: ",")
        let subscribe = #"{"op":"subscribe","args":[\#(list)]}"#
        var bytes = ByteBuffer()
        bytes.writeString(
            "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        // Final, text, masked with zeros, with a length of 16 bits.
        bytes.writeBytes([0x81, 0xFE])
        bytes.writeInteger(UInt16(subscribe.utf8.count))
        bytes.writeRepeatingByte(0, count: 4)
        bytes.writeString(subscribe)
        return bytes
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let crowd: StormCrowd
        private let request: ByteBuffer
        private var hasJoined = false
        private var isToldToGo = false

        init(crowd: StormCrowd, request: ByteBuffer) {
            self.crowd = crowd
            self.request = request
        }

        func channelActive(context: ChannelHandlerContext) {
            context.writeAndFlush(NIOAny(request), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data).readableBytesView
            if bytes.starts(with: "HTTP/1.1 503 ".utf8) { crowd.refused.add(1, ordering: .relaxed) }
            if !hasJoined, bytes.firstRange(of: #""op":"subscribe""#.utf8) != nil {
                hasJoined = true
                crowd.joined.add(1, ordering: .relaxed)
            }
            if bytes.firstRange(of: #""op":"going_away""#.utf8) != nil { isToldToGo = true }
            // The close frame of the server, with the code behind its two bytes of header: it is answered.
            guard isToldToGo, bytes.firstRange(of: [0x88, 0x13, 0x03, 0xE9]) != nil else { return }
            crowd.dismissed.add(1, ordering: .relaxed)
            let answer: [UInt8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE9]
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: answer)), promise: nil)
        }
    }
}
