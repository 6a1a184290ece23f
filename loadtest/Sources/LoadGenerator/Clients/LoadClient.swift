import Core
import Glibc
import NIOCore

/// One connection of a load test, from the handshake on: finds frames and messages in place in what was read, and counts
/// them. Lives on its loop. It outlives its connection: after a cut it comes back with its positions.
///
/// It holds nothing of what it has read but the beginning of a frame that is not whole yet.
final class LoadClient: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        case away
        case connecting
        case upgrading
        case subscribing
        case live
    }

    let index: Int
    let loop: ClientLoop
    let isSlow: Bool
    var firstStream: Int
    /// By the stream's number behind `firstStream`.
    var cursors: [StreamCursor]
    var phase = Phase.away
    var attempts = 0
    var channel: (any Channel)?
    /// Replies that are awaited before it is live.
    var awaitedReplies = 0
    /// It was connected before and comes back with positions.
    var isResuming = false
    /// Latencies count from this moment of publishing on: what is older is told again.
    var freshFrom: Int64 = 0
    /// It has come back and had nothing new yet.
    var awaitsNews = false
    /// What the server said before it closed: a close code, or words.
    var closeReason: String?
    /// How it refused the handshake.
    var refusal: String?
    /// Of attempts to connect: what an old one still tells does not count.
    var generation = 0
    var partial: ByteBuffer?
    /// Of NATS, whose messages don't end where frames end.
    var natsRest: ByteBuffer?

    init(index: Int, loop: ClientLoop, isSlow: Bool) {
        self.index = index
        self.loop = loop
        self.isSlow = isSlow
        firstStream = loop.settings.firstStream(ofClient: index)
        cursors = Array(repeating: StreamCursor(), count: loop.settings.subscriptions)
    }

    func channelActive(context: ChannelHandlerContext) {
        channel = context.channel
        guard loop.settings.target != .raw else { return loop.isLive(self) }
        phase = .upgrading
        let server = loop.settings.server(ofClient: index)
        let stream = loop.settings.streams.names[firstStream]
        let path = server.endpoint.path(of: stream.canonical)
        let host = "\(server.endpoint.host):\(server.endpoint.port)"
        context.writeAndFlush(wrapOutboundOut(Handshake.request(path: path, host: host)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        loop.now = MonotonicClock.nanoseconds()
        if var bytes = partial {
            partial = nil
            bytes.writeImmutableBuffer(buffer)
            read(bytes, context)
        } else {
            read(buffer, context)
        }
        loop.buffers.giveBack(buffer)
    }

    /// Nobody behind it has anything to do then.
    func channelReadComplete(context: ChannelHandlerContext) {}

    func channelInactive(context: ChannelHandlerContext) {
        guard context.channel === channel else { return }
        hasEnded(closeReason ?? "eof")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard context.channel === channel else { return context.close(promise: nil) }
        let isReset = (error as? IOError).map { $0.errnoCode == ECONNRESET || $0.errnoCode == EPIPE } ?? false
        hasEnded(closeReason ?? (isReset ? "reset" : ErrorWords.of(error)))
        context.close(promise: nil)
    }

    func hasEnded(_ reason: String) {
        guard phase != .away else { return }
        let before = phase
        (phase, channel, partial, natsRest) = (.away, nil, nil, nil)
        loop.hasEnded(self, in: before, reason)
    }

    /// Closes the connection without a word, as a client does that loses its network.
    func cut() {
        let cut = channel
        (phase, channel, partial, natsRest) = (.away, nil, nil, nil)
        cut?.close(promise: nil)
    }

    func leave() {
        if let channel { channel.writeAndFlush(ClientFrame.goodbye, promise: nil) }
        cut()
    }

    func fail(_ words: String, _ context: ChannelHandlerContext) {
        loop.fail(LoadFailure("\(loop.settings.server(ofClient: index).endpoint): \(words)"))
        cut()
    }
}

@available(*, unavailable)
extension LoadClient: Sendable {}
