import Core
import DequeModule
import NIOCore

/// One WebSocket client after the upgrade: its frames, its requests and its subscriptions.
///
/// The only handler in its pipeline. Lives on its shard's loop.
///
/// What is written to it goes through its outbox, which says what becomes of it where the socket does not take it. Behind a close
/// nothing is sent.
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

    /// Nil before it is there, and when it has ended.
    private(set) var context: ChannelHandlerContext?
    /// All that is on its way to it.
    let outbox: Outbox
    /// When anything was heard from it.
    var lastHeard: NIODeadline
    let shard: Shard

    /// Who it is.
    let principal: Principal
    let mode: Mode
    private let greetsOnOpen: Bool
    private var receiver: WebSocketReceiver
    private var input = ByteBuffer()
    var messageRate = RateWindow()
    var controlRate = RateWindow()
    /// The dialect of the last request: that of notices that answer none.
    var dialect: DialectID
    var hasGreeted = false
    var pending: PendingSubscribe?
    /// What the client has asked for and nobody has looked at yet.
    var requests = RequestQueue()
    private var isProcessing = false
    /// Nil for a client that has asked for nothing new.
    private var introduced: Introductions?
    private var isReadHeld = false
    var hasFailed = false

    /// What is closed when what waits has been sent.
    var ending: Ending?

    var subscriptions: [StreamName: Subscription] = [:]
    /// Where it stands in the shard's list.
    var index = 0
    var lastPing: NIODeadline
    var isAwaitingPong = false
    /// Set when a close frame has been sent: when the socket is closed at the latest.
    var closeDeadline: NIODeadline?

    /// - Parameter dialect: The dialect that a client is greeted in before it has said anything; nil where it isn't.
    init(shard: Shard, principal: Principal, mode: Mode, greeting dialect: DialectID?, at now: NIODeadline) {
        self.shard = shard
        self.principal = principal
        self.mode = mode
        self.dialect = dialect ?? shard.dialects.first
        let settings = shard.settings
        let bound = mode == .echo ? settings.maximumEchoMessageBytes : settings.maximumMessageBytes
        self.receiver = WebSocketReceiver(maxMessageBytes: bound)
        self.outbox = Outbox(shard.egress, at: now)
        self.lastHeard = now
        self.lastPing = now
        self.greetsOnOpen = dialect != nil
    }

    var isClosing: Bool { closeDeadline != nil || context == nil }

    /// Whether the client has said something that was not looked at: the loop was busy, or the client is not read because it
    /// does not take what it is told.
    var hasUnread: Bool {
        guard context != nil else { return false }
        return input.readableBytes > 0 && isPaused || outbox.line.hasUnread
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outbox.open(self, ClientSocket(context.channel), sendsDirectly: shard.settings.sendsDirectly)
        shard.add(self)
        if greetsOnOpen { greetIfNeeded() }
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
        forgetRequests()
        outbox.end()
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
        return mode == .echo ? !outbox.hasRoom(for: .event) : isFullOfRequests && outbox.isBehind
    }

    /// While the broker is waited for, what a client says in one breath should fit. Who does not take the replies it has is
    /// allowed less.
    var isFullOfRequests: Bool {
        let messages = pending == nil ? 1 : Self.messagesThatWait
        return requests.bytes >= messages * shard.settings.maximumMessageBytes
    }

    /// Whether the next request may be looked at.
    var takesRequests: Bool { pending == nil && !outbox.isReplyWaiting }

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
            outbox.flush(from: SendBuffer.plenty)
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
