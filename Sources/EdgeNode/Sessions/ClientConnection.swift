import Core
import DequeModule
import NIOCore

/// One WebSocket client after the upgrade: its frames, its requests, its subscriptions, and what it is owed.
///
/// The only handler in its pipeline. Lives on its shard's loop.
///
/// What is written to it in one turn of the loop is sent at the turn's end, in one system call. What its socket does not
/// take waits in a backlog, bounded in bytes and messages (`OutboxLimits`); of what the kernel has, little is unsent
/// (`SendPace`). As it fills or grows old, `latest` streams are held back first, then `delta` streams, and their newest state
/// is sent when there is room again, the one that waits for the longest first; an `event` publication that no longer fits
/// closes the connection with 4008. Pongs go in front of all that waits, some of them at most; behind a close nothing is sent.
///
/// One request at a time: while one waits for the broker, or the reply to the last for the socket, others wait in a queue
/// (`RequestQueue`), and pings, pongs and closes are taken all the while. Its bound is the longest message, and four times
/// that while the broker is waited for: so a client may ask for thousands of streams in one breath. What comes beyond
/// the bound is refused with an error, or stays in the socket where the client does not take the replies it has. A reply may
/// be as long as the outbox; a longer one is an error in its place, and one that comes to as much again is 4008.
final class ClientConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Mode {
        case client
        /// Sends every message back: for conformance suites.
        case echo
    }

    enum Ending {
        case output
        case socket
    }

    /// Of the longest that are allowed, while a request waits for the broker.
    private static let messagesThatWait = 4

    // What every delivery touches stands together: to thousands of clients it is the reads from memory that count.
    /// Its frames of this turn.
    @exclusivity(unchecked) var chain = FrameChain()
    @exclusivity(unchecked) var lastActivity: NIODeadline
    /// Nil while its socket takes all.
    @exclusivity(unchecked) var backlog: Backlog?
    /// How many of its subscriptions are owed something, and how many it ever had with a rate of their own: while there are
    /// none, each publication is for it as it comes.
    @exclusivity(unchecked) var restraints: Int32 = 0
    /// Whether it stands in its shard's list of those that have been written to.
    @exclusivity(unchecked) var isWritten = false
    /// Whether a reply is among what was written and not sent or kept yet.
    @exclusivity(unchecked) var hasReplied = false
    /// Nil where it is written to through the channel: under TLS, and once the connection is on its way out.
    @exclusivity(unchecked) var socket: ClientSocket?
    @exclusivity(unchecked) var context: ChannelHandlerContext?
    let shard: Shard

    let mode: Mode
    private let greetsOnOpen: Bool
    private var receiver: WebSocketReceiver
    private var input = ByteBuffer()
    var messageRate = RateWindow()
    var controlRate = RateWindow()
    /// The dialect of the last request: that of notices that answer none.
    var dialect: Dialect
    var hasGreeted = false
    var pending: PendingSubscribe?
    /// What the client has asked for and nobody has looked at yet.
    var requests = RequestQueue()
    private var isProcessing = false
    /// Nil for a client that has asked for nothing new.
    private var introduced: Introductions?
    private var isReadHeld = false
    var hasFailed = false

    var isPumping = false
    /// What is closed when what waits has been sent.
    var ending: Ending?

    var subscriptions: [StreamName: Subscription] = [:]
    /// What was held back from it because its socket was full; the oldest first.
    var owed: Deque<Debt> = []
    var isSettling = false
    /// Its socket, however it is written to; nil where the channel has none, as in tests, and once it is on its way out.
    var transport: ClientSocket?
    var pace = SendPace()
    var isWatchedForUnsent = false
    var stall = StallWatch()
    /// Where it stands in the shard's list.
    var index = 0
    var lastPing: NIODeadline
    var isAwaitingPong = false
    /// Set when a close frame has been sent: when the socket is closed at the latest.
    var closeDeadline: NIODeadline?
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

    var isClosing: Bool { closeDeadline != nil || context == nil }

    /// Whether the client has said something that was not looked at: the loop was busy, or the client is not read because it
    /// does not take what it is told.
    var hasUnread: Bool {
        guard context != nil else { return false }
        return input.readableBytes > 0 && isPaused || transport?.hasUnread == true
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        transport = ClientSocket(context.channel)
        if shard.settings.sendsDirectly { socket = transport }
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

    /// Reading pauses while a client that has asked for much does not take the replies, and an echo what it sent.
    func read(context: ChannelHandlerContext) {
        if isPaused { isReadHeld = true } else { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func end() {
        guard context != nil else { return }
        context = nil
        (socket, transport) = (nil, nil)
        pending?.connection = nil
        pending = nil
        requests.removeAll()
        forgetWaiting()
        shard.remove(self)
    }

    func introductions(at now: NIODeadline) -> Introductions {
        if let introduced { return introduced }
        let bound = max(2 * shard.settings.maximumSubscriptions, Introductions.minimumBound)
        let introduced = Introductions(bound: bound, at: now)
        self.introduced = introduced
        return introduced
    }

    // MARK: Reading

    private var isPaused: Bool {
        guard closeDeadline == nil else { return false }
        return mode == .echo ? !hasRoom(for: .event) : isFullOfRequests && backlog != nil
    }

    private var isReplyWaiting: Bool { backlog?.holdsReply ?? false }

    /// While the broker is waited for, what a client says in one breath should fit. Who does not take the replies it has is
    /// allowed less.
    var isFullOfRequests: Bool {
        let messages = pending == nil ? 1 : Self.messagesThatWait
        return requests.bytes >= messages * shard.settings.maximumMessageBytes
    }

    /// Whether the next request may be looked at.
    var takesRequests: Bool { pending == nil && !isReplyWaiting }

    func resumeReading() {
        process()
        guard isReadHeld, !isPaused else { return }
        isReadHeld = false
        context?.read()
    }

    private func process() {
        // Whoever is called from here comes back here.
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        // After a broken rule what still comes is thrown away.
        if hasFailed { input = ByteBuffer() }
        while context != nil {
            // Only what the socket does not take counts as waiting.
            if chain.bytes >= SendBuffer.plenty { flushNow() }
            if takesRequests, let request = requests.popFirst() {
                answer(request)
            } else if !isPaused, let event = receiver.next(from: &input) {
                handle(event)
            } else {
                break
            }
        }
        // Let the storage of the last read go: an idle client holds none.
        if input.readableBytes == 0 { input = ByteBuffer() }
    }
}

@available(*, unavailable)
extension ClientConnection: Sendable {}
