import Core
import NIOCore
import Platform

/// One WebSocket client after the upgrade: its frames, both ways. What they say is its session's.
///
/// The only handler in its pipeline. Lives on its shard's loop.
///
/// What is written to it goes through its outbox, which says what becomes of it where the socket does not take it. Behind a close
/// nothing is sent.
final class ClientConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Mode {
        case client
        /// Sends every message back: for conformance suites.
        case echo
    }

    /// Nil before it is there, and when it has ended.
    private(set) var context: ChannelHandlerContext?
    /// All that is on its way to it.
    let outbox: Outbox
    let shard: Shard
    /// Who it is.
    var principal: Principal {
        didSet { hasCredentials = principal !== Principal.anonymous }
    }
    /// Whether it has shown anything that may end: so that a sweep over those who have not touches nothing of it.
    private(set) var hasCredentials: Bool
    /// Its own, behind proxies too; nil where it is not known.
    let address: IPAddress?
    /// What else it has taken; freed when it has ended.
    var seats: [any Seat]
    let mode: Mode
    /// The dialect that it is greeted in before it has said anything; nil where it isn't.
    private let greeting: DialectID?
    private(set) lazy var session = ClientSession(of: self, on: shard, dialect: greeting ?? shard.dialects.first)
    private var receiver: WebSocketReceiver
    private var input = ByteBuffer()
    private var controlRate = RateWindow()
    private var isProcessing = false
    private var isReadHeld = false
    private(set) var liveness: Liveness
    var handshake = CloseHandshake()

    var subscriptions: [StreamName: Subscription] = [:]
    /// Where it stands in the shard's list.
    var index = 0
    /// By which the log tells it from others of the node.
    let number: Int

    init(
        shard: Shard,
        admitted: Admitted,
        number: Int,
        address: IPAddress? = nil,
        mode: Mode,
        greeting: DialectID?,
        at now: NIODeadline
    ) {
        self.shard = shard
        self.principal = admitted.principal
        self.hasCredentials = admitted.principal !== Principal.anonymous
        self.number = number
        self.address = address
        self.seats = admitted.seats
        self.mode = mode
        self.greeting = greeting
        let settings = shard.settings
        let bound = mode == .echo ? settings.maximumEchoMessageBytes : settings.maximumMessageBytes
        self.receiver = WebSocketReceiver(maxMessageBytes: bound)
        self.outbox = Outbox(shard.egress, at: now)
        self.liveness = Liveness(at: now)
    }

    var isClosing: Bool { handshake.hasBegun || context == nil }

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
        shard.clients.add(self)
        if greeting != nil { session.greetIfNeeded() }
        shard.evictions.inspect(self)
        flushNow()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) { end() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        shard.turns.catchUp()
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
        session.forgetRequests()
        for seat in seats { seat.free() }
        seats = []
        outbox.end()
        noteEnding()
        shard.clients.remove(self)
    }

    // MARK: Reading

    private var isPaused: Bool {
        guard !handshake.hasBegun else { return false }
        return mode == .echo ? !outbox.hasRoom(for: .event) : session.isFull && outbox.isBehind
    }

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
        if handshake.hasFailed { input = ByteBuffer() }
        while context != nil {
            outbox.flush(from: SendBuffer.plenty)
            // It may have shown that the client has gone: whatever is begun for one that has ended nobody ends.
            guard context != nil else { break }
            if session.answerNext() { continue }
            guard !isPaused, let event = receiver.next(from: &input) else { break }
            handle(event, at: shard.eventLoop.now)
        }
        // Let the storage of the last read go: an idle client holds none.
        if input.readableBytes == 0 { input = ByteBuffer() }
    }

    private func handle(_ event: WebSocketReceiver.Event, at now: NIODeadline) {
        liveness.heard(at: now)
        if handshake.hasBegun {
            if case .close = event { closeSocket() }
            return
        }
        switch event {
        case .text(let message): take(message, isText: true, at: now)
        case .binary(let message): take(message, isText: false, at: now)
        case .ping(let payload):
            guard admitsControlFrame(at: now) else { return }
            outbox.write(pong: WebSocketFrame.pong(payload))
        case .pong:
            guard admitsControlFrame(at: now) else { return }
            liveness.answered()
        case .close(let code, _): answerClose(code)
        case .failure(let code, let reason): fail(code, reason)
        }
    }

    /// Pings need no rate of their own as long as they are about as rare as messages; a flood of them is an attack.
    private func admitsControlFrame(at now: NIODeadline) -> Bool {
        guard mode == .client, !controlRate.admit(at: now, limit: 10 * shard.settings.maximumMessageRate) else {
            return true
        }
        close(.abuse, reason: "Too many control frames")
        return false
    }

    private func take(_ message: ByteBuffer, isText: Bool, at now: NIODeadline) {
        shard.counters.messagesReceived.add()
        if mode == .echo {
            shard.counters.messagesSent.add()
            return outbox.write(isText ? WebSocketFrame.text(message) : WebSocketFrame.binary(message))
        }
        // Where the question was a text, whatever the client says answers it; what waits behind a request of its own too.
        if liveness.isAwaitingPong, session.dialect.keepAlive != .pingFrame { liveness.answered() }
        session.take(message, at: now)
    }

    // MARK: Writing

    /// Asks whether it is still there, in the way of its dialect.
    func sendKeepAlive(at now: NIODeadline) {
        liveness.asked(at: now)
        switch session.dialect.keepAlive {
        case .pingFrame: outbox.writeUrgently(WebSocketFrame.ping(ByteBuffer()))
        case .text(let text): outbox.writeUrgently(WebSocketFrame.text(text))
        }
    }

    /// Sends what this turn has written.
    func flushNow() { outbox.flush() }

    /// Has the channel send it: the system tells it when the socket takes more.
    func sendThroughChannel(_ piece: ByteBuffer, whenSent: @escaping (Result<Void, any Error>) -> Void) {
        guard let context else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete(whenSent)
        context.writeAndFlush(wrapOutboundOut(piece), promise: promise)
    }

    /// Bytes that the channel has and its socket has not taken; nil where it does not say.
    var bytesInChannel: Int? { try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes) }

    /// The outbox has sent what the socket took: there may be room for what is owed, and for the next request.
    func outboxMoved() {
        if !outbox.isBehind, endIfAsked() { return }
        shard.conflation.settle(outbox)
        resumeReading()
        // Answers to requests that have waited for this.
        outbox.flush()
    }
}

@available(*, unavailable)
extension ClientConnection: Sendable {}
