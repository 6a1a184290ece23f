import Glibc
import NIOCore
import NIOPosix

/// One connection of the hostile suite: does what its script says, at the pace that it reads. Lives on its loop.
///
/// Sends only while what it sent before has been taken by the socket, so that a server that reads nothing costs nothing here.
final class HostileClient: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    static let ticksPerSecond = 50
    /// What a slow client's kernel keeps for it.
    static let slowReceiveBuffer: Int32 = 16 << 10

    let script: any HostileScript
    private let endpoint: Endpoint
    private let ended: (_ how: String, _ wasOpen: Bool) -> Void
    private(set) var bytesSent = 0
    private var channel: (any Channel)?
    private var isOpen = false
    private var hasEnded = false
    private var outcome: String?
    private var partial = ByteBuffer()
    private var ticks = 0

    /// - Parameter ended: Told once, with a close code or words.
    init(_ script: any HostileScript, _ endpoint: Endpoint, ended: @escaping (String, Bool) -> Void) {
        self.script = script
        self.endpoint = endpoint
        self.ended = ended
    }

    func connect(to address: SocketAddress, on loop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        var bootstrap = ClientBootstrap(group: loop)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.seconds(10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
        if let pace = script.bytesPerSecond {
            let once = max(1, pace / Self.ticksPerSecond)
            bootstrap =
                bootstrap
                .channelOption(.socketOption(.so_rcvbuf), value: .init(Self.slowReceiveBuffer))
                .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: once))
        }
        bootstrap.connect(to: address).assumeIsolated().whenFailure { [self] in end(ErrorWords.of($0)) }
    }

    /// The next fiftieth of a second.
    func tick(at now: Int64) {
        guard isOpen, let channel else { return }
        if let pace = script.bytesPerSecond, pace > 0 { channel.read() }
        guard channel.isWritable else { return }
        defer { ticks += 1 }
        send(script.ticked(ticks, at: now))
    }

    func leave() {
        outcome = outcome ?? "stayed"
        channel?.close(promise: nil)
        end("stayed")
    }

    func channelActive(context: ChannelHandlerContext) {
        channel = context.channel
        guard script.upgrades else { return open() }
        let host = "\(endpoint.host):\(endpoint.port)"
        context.writeAndFlush(wrapOutboundOut(Handshake.request(path: endpoint.path, host: host)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard script.upgrades else { return }
        var bytes = unwrapInboundIn(data)
        partial.writeBuffer(&bytes)
        let taken = partial.withUnsafeReadableBytes { take($0, context) }
        partial.moveReaderIndex(forwardBy: taken)
        partial.discardReadBytes()
    }

    func channelInactive(context: ChannelHandlerContext) { end(outcome ?? "eof") }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isReset = (error as? IOError).map { $0.errnoCode == ECONNRESET || $0.errnoCode == EPIPE } ?? false
        end(outcome ?? (isReset ? "reset" : ErrorWords.of(error)))
        context.close(promise: nil)
    }

    private func open() {
        isOpen = true
        // From now on it reads at its own pace.
        if script.bytesPerSecond != nil { try? channel?.syncOptions?.setOption(.autoRead, value: false) }
        send(script.opened())
        if script.closesItsHalf { channel?.close(mode: .output, promise: nil) }
    }

    private func end(_ how: String) {
        guard !hasEnded else { return }
        hasEnded = true
        let wasOpen = isOpen
        (isOpen, channel) = (false, nil)
        ended(how, wasOpen)
    }

    private func send(_ buffers: [ByteBuffer]) {
        guard !buffers.isEmpty, let channel else { return }
        for buffer in buffers {
            channel.write(buffer).assumeIsolated().whenSuccess { [self] in bytesSent += buffer.readableBytes }
        }
        channel.flush()
    }

    /// Answers how many bytes were used.
    private func take(_ bytes: UnsafeRawBufferPointer, _ context: ChannelHandlerContext) -> Int {
        var offset = 0
        if !isOpen {
            switch Handshake.answer(bytes) {
            case .incomplete: return 0
            case .refused(let status, _):
                outcome = "HTTP \(status)"
                context.close(promise: nil)
                return bytes.count
            case .accepted(let length):
                offset = length
                open()
            }
        }
        let now = MonotonicClock.nanoseconds()
        while case .frame(let opcode, _, let payload, let end) = FrameParser.next(bytes, from: offset) {
            let payload = UnsafeRawBufferPointer(rebasing: bytes[payload..<end])
            switch opcode {
            case 8:
                outcome = payload.count >= 2 ? "\(Int(payload[0]) << 8 | Int(payload[1]))" : "1005"
                context.close(promise: nil)
            case 9:
                guard script.answersPings else { break }
                context.writeAndFlush(wrapOutboundOut(ClientFrame.pong(payload)), promise: nil)
            default: script.received(opcode, payload, at: now)
            }
            offset = end
        }
        return offset
    }
}

@available(*, unavailable)
extension HostileClient: Sendable {}
