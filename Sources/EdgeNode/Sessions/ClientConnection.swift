import NIOCore
import Shared

/// One WebSocket client after the upgrade: its frames, its requests, its subscriptions, and what it is owed.
///
/// The only handler in its pipeline. Lives on its shard's loop.
///
/// Its outbox is the channel's own buffer of pending writes, bounded by `maximumOutboxBytes`. At the bound the socket
/// counts as not writable: then `latest` and `delta` streams are held back, and their newest state is sent when there
/// is room again; an `event` publication that no longer fits closes the connection with 4008. Pongs and closes are
/// written all the same: the message rate bounds them. So are replies, up to twice the bound: then it is 4008 too.
/// While a subscribe request waits for the broker nothing more is read from the client.
final class ClientConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Mode {
        case client
        /// Sends every message back: for conformance suites.
        case echo
    }

    let shard: Shard
    let mode: Mode
    private let greetsOnOpen: Bool
    private var receiver: WebSocketReceiver
    private var input = ByteBuffer()
    var context: ChannelHandlerContext?
    var messageRate = RateWindow()
    var controlRate = RateWindow()
    /// The dialect of the last request: that of notices that answer none.
    var dialect: Dialect
    var hasGreeted = false
    var pending: PendingSubscribe?
    private var isReadHeld = false
    private var needsFlush = false
    var hasFailed = false

    var subscriptions: [StreamName: Subscription] = [:]
    /// Subscriptions of this client that something was held back from because its socket was full.
    var owed: [Subscription] = []
    /// Where it stands in the shard's list.
    var index = 0
    var lastActivity: NIODeadline
    var lastPing: NIODeadline
    var isAwaitingPong = false
    /// Set when a close frame has been sent: when the socket is closed at the latest.
    private(set) var closeDeadline: NIODeadline?
    /// Bytes that were ever written to it, and how many of them its socket had taken at the last look.
    private var bytesWritten = 0
    private var bytesTaken = 0
    /// Since when its socket takes nothing of what waits; nil while it does, or nothing waits.
    private var stalledSince: NIODeadline?

    /// - Parameter dialect: The dialect that a client is greeted in before it has said anything; nil where it isn't.
    init(shard: Shard, mode: Mode, greeting dialect: Dialect?, at now: NIODeadline) {
        self.shard = shard
        self.mode = mode
        self.dialect = dialect ?? .op
        let settings = shard.settings
        let bound = mode == .echo ? settings.maximumEchoMessageBytes : settings.maximumMessageBytes
        self.receiver = WebSocketReceiver(maxMessageBytes: bound)
        self.lastActivity = now
        self.lastPing = now
        self.greetsOnOpen = dialect == .type
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Whether more may be written to it. What this tick has written so far is handed to the socket first: only what
    /// the socket does not take counts against the client.
    func hasRoom() -> Bool {
        if isWritable { return true }
        flushNow()
        return isWritable
    }

    /// Bytes that wait for the socket.
    var outboxBytes: Int {
        guard let options = context?.channel.syncOptions else { return 0 }
        return (try? options.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// For how long its socket has taken nothing of what waits for it; nil where it takes some, or nothing waits. To be
    /// asked by each sweep: it compares with the last time.
    func stalledTime(at now: NIODeadline) -> TimeAmount? {
        // Most clients have had everything: they are not worth asking the channel.
        guard bytesTaken != bytesWritten || !isWritable else {
            stalledSince = nil
            return nil
        }
        let waiting = outboxBytes
        let taken = bytesWritten - waiting
        defer { bytesTaken = taken }
        guard waiting > 0 || !isWritable else {
            stalledSince = nil
            return nil
        }
        guard taken == bytesTaken, let since = stalledSince else {
            stalledSince = now
            return nil
        }
        return now - since
    }

    var isClosing: Bool { closeDeadline != nil || context == nil }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        shard.add(self)
        if greetsOnOpen { greet() }
        flushNow()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) { end() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        shard.catchUp()
        var bytes = unwrapInboundIn(data)
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        process()
    }

    func channelReadComplete(context: ChannelHandlerContext) { flushNow() }

    /// Reading pauses while a request waits, and in an echo while the peer does not take what it sent.
    func read(context: ChannelHandlerContext) {
        if isPaused { isReadHeld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            shard.settle(self)
            resumeReading()
            flushNow()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: Writing

    /// Writes a frame; it is flushed at the end of the shard's tick.
    func write(_ frame: ByteBuffer) {
        guard let context else { return }
        bytesWritten += frame.readableBytes
        context.write(wrapOutboundOut(frame), promise: nil)
        guard !needsFlush else { return }
        needsFlush = true
        shard.flushLater(self)
    }

    func flushNow() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    /// Writes a reply or a notice; one whose dialect has no such message is not sent.
    func send(_ reply: ClientReply, in dialect: Dialect, id: String? = nil) {
        let text = reply.text(in: dialect, id: id)
        guard text.readableBytes > 0, !isClosing else { return }
        if !isWritable, outboxBytes > 2 * shard.settings.maximumOutboxBytes {
            shard.counters.slowConsumersClosed.add()
            return close(.slowConsumer, reason: "Slow consumer: it does not read the replies to its requests")
        }
        shard.counters.messagesSent.add()
        write(WebSocketFrame.text(text))
    }

    func sendPing(at now: NIODeadline) {
        lastPing = now
        isAwaitingPong = true
        write(WebSocketFrame.ping(ByteBuffer()))
    }

    /// Starts the close handshake: nothing but the peer's close frame counts from now on.
    func close(_ code: CloseCode, reason: String) {
        guard !isClosing else { return }
        shard.forgetSubscriptions(of: self)
        write(WebSocketFrame.close(code, reason: reason))
        closeDeadline = shard.eventLoop.now + shard.settings.closeTimeout
        pending = nil
        resumeReading()
    }

    func closeSocket() { context?.close(promise: nil) }

    private func end() {
        guard context != nil else { return }
        context = nil
        shard.remove(self)
    }

    // MARK: Reading

    private var isPaused: Bool { pending != nil || mode == .echo && !isWritable && closeDeadline == nil }

    func resumeReading() {
        process()
        guard isReadHeld, !isPaused else { return }
        isReadHeld = false
        context?.read()
    }

    private func process() {
        // After a broken rule what still comes is thrown away.
        if hasFailed { input = ByteBuffer() }
        while !isPaused, context != nil, let event = receiver.next(from: &input) { handle(event) }
        // Let the storage of the last read go: an idle client holds none.
        if input.readableBytes == 0 { input = ByteBuffer() }
    }
}

@available(*, unavailable)
extension ClientConnection: Sendable {}
