import Logging
import NIOCore
import NIOWebSocket

/// All of the simulator's state: its sessions, its feed, its timers.
///
/// Lives on one event loop, reached from elsewhere through `NIOLoopBound` only, so it needs no lock. Bounded by its
/// connections: a session bounds what it queues, a feed holds state for subscribed topics only.
final class SimulatorCore {
    let loop: any EventLoop
    let feed: any Feed
    let logger: Logger
    var sessions: [ObjectIdentifier: ClientSession] = [:]
    var totals = SimulatorStatistics()
    var lasting = LastingFaults()

    private let firstDataDelay: TimeAmount
    private var generator: SplitMix64
    private var nextToken = 0
    var wakeTask: Scheduled<Void>?
    private var wakeTime: Int64 = .max
    var idleTask: RepeatedTask?
    var waiters: [StatisticsWaiter] = []

    /// The exchange cuts connections that neither ping nor get data for about ten minutes.
    private static let idleLimit = TimeAmount.minutes(10)
    private static let idleCheck = TimeAmount.seconds(30)

    init(loop: any EventLoop, feed: any Feed, configuration: SimulatorConfiguration, logger: Logger) {
        self.loop = loop
        self.feed = feed
        self.logger = logger
        firstDataDelay = .milliseconds(Int64(configuration.firstDataDelay))
        generator = SplitMix64(seed: configuration.seed ^ UInt64(bitPattern: Clock.milliseconds()))
        let bound = NIOLoopBound(self, eventLoop: loop)
        idleTask = loop.scheduleRepeatedTask(initialDelay: Self.idleCheck, delay: Self.idleCheck) { _ in
            bound.value.closeIdle()
        }
    }

    // MARK: Sessions

    func open(_ channel: any Channel) -> ClientSession {
        let identity = ConnectionID.make(seconds: Clock.milliseconds() / 1_000, using: &generator)
        let session = ClientSession(channel: channel, connectionID: identity)
        sessions[ObjectIdentifier(session)] = session
        totals.connectionsEver += 1
        logger.debug("client connected", metadata: ["conn_id": "\(identity)"])
        settle()
        return session
    }

    func close(_ session: ClientSession) {
        guard sessions.removeValue(forKey: ObjectIdentifier(session)) != nil else { return }
        for topic in session.subscriptions.keys { feed.leave(topic, sink: session) }
        totals.framesSent += session.framesSent
        totals.bytesSent += session.bytesSent
        logger.debug("client gone", metadata: ["conn_id": "\(session.interpreter.connectionID)"])
        settle()
    }

    // MARK: Requests

    func receive(_ text: String, from session: ClientSession) {
        session.lastActivity = .now()
        guard lasting.answerDelay > .zero else { return answer(text, of: session) }
        loop.assumeIsolated().scheduleTask(in: lasting.answerDelay) { [self] in
            guard sessions[ObjectIdentifier(session)] != nil else { return }
            answer(text, of: session)
        }
    }

    private func answer(_ text: String, of session: ClientSession) {
        var outcome = session.interpreter.interpret(
            text,
            used: session.argumentCharacters,
            isKnown: feed.isKnown,
            isSubscribed: { session.subscriptions[$0] != nil }
        )
        if outcome.reply.operation == "subscribe", let words = lasting.refusal(ofSubscriptionsAt: .now()) {
            outcome.reply.success = false
            outcome.reply.message = words
            outcome.subscribe = []
        }
        count(outcome, of: session)
        for topic in outcome.unsubscribe {
            session.unsubscribe(topic)
            feed.leave(topic, sink: session)
        }
        session.send(outcome.reply.json)
        if !outcome.subscribe.isEmpty {
            nextToken += 1
            session.subscribe(outcome.subscribe, token: nextToken)
            totals.largestArguments = max(totals.largestArguments, session.argumentCharacters)
            start(outcome.subscribe, of: session, token: nextToken)
        }
        settle()
    }

    private func count(_ outcome: RequestInterpreter.Outcome, of session: ClientSession) {
        totals.requests += 1
        if outcome.reply.operation == "ping" { totals.pings += 1 }
        if !outcome.reply.success { totals.refusals += 1 }
        totals.largestRequest = max(totals.largestRequest, outcome.subscribe.count)
    }

    /// Joins the feed only after the delay: clients register their callbacks late.
    private func start(_ topics: [String], of session: ClientSession, token: Int) {
        loop.assumeIsolated().scheduleTask(in: firstDataDelay) { [self] in
            let time = Clock.now()
            guard sessions[ObjectIdentifier(session)] != nil else { return }
            for topic in topics where session.subscriptions[topic] == token {
                feed.join(topic, sink: session, at: time)
            }
            settle()
        }
    }

    // MARK: Time

    /// What every change ends with: frames go to the sockets, the next wake is arranged, waiting tests are told.
    func settle() {
        let now = NIODeadline.now()
        for session in Array(sessions.values) where !session.flush(at: now) {
            totals.slowConnectionsClosed += 1
            logger.warning("client reads too slowly, closing", metadata: ["limit": "\(ClientSession.maximumPending)"])
            session.channel.close(mode: .all, promise: nil)
        }
        arrangeWake()
        guard !waiters.isEmpty else { return }
        let present = statistics()
        waiters.removeAll { $0.tell(present) }
    }

    private func arrangeWake() {
        guard let next = feed.nextWake else {
            wakeTask?.cancel()
            wakeTask = nil
            wakeTime = .max
            return
        }
        guard next < wakeTime else { return }
        wakeTask?.cancel()
        wakeTime = next
        let deadline = NIODeadline.uptimeNanoseconds(UInt64(max(0, next)))
        wakeTask = loop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            wakeTime = .max
            feed.advance(to: Clock.now())
            settle()
        }
    }

    private func closeIdle() {
        let limit = NIODeadline.now() - Self.idleLimit
        for session in Array(sessions.values) where session.lastActivity < limit {
            session.channel.close(mode: .all, promise: nil)
        }
    }
}
