import Core
import FeedKit
import Logging
import NIOCore
import Platform
import Synchronization

/// One connection to the exchange: a frame in, what it means to its topics' routes out.
///
/// Owns its session, and the route and transform of each topic that it carries. Lives on the ingestor's loop, and takes no
/// lock per message. Bounded by `UpstreamSettings`. Nothing that happens on it touches another connection's topics.
///
/// What can't be used of a frame is counted and logged at a limited rate, and costs the routes that it may have been for: a
/// gap those of events, a fresh snapshot those with state. Nothing that the exchange sends ends the connection.
final class BybitConnection {
    /// From 1 on.
    let number: Int
    let counters: FeedCounters
    let logger: RateLimitedLogger
    /// Outlives the connection.
    unowned let sink: any FeedSink
    /// Told of each route that has ended here.
    unowned let owner: BybitSession
    var session: UpstreamSession
    var routes: [String: BybitRoute] = [:]
    var messages: [FeedMessage] = []
    private var connection: WebSocketConnection?
    private var confirmed = 0
    /// The log has it that the exchange refuses all subscriptions.
    private var isTroubleTold = false
    /// The term is over, or nobody needs it: nothing more is taken in.
    private(set) var isEnded = false
    /// Called when the connection has ended.
    var onClosed: ((String) -> Void)?
    /// Connects it again and again.
    var connecting: Task<Void, Never>?
    /// Ticks without a topic.
    var idleTicks = 0

    init(
        number: Int,
        settings: UpstreamSettings,
        sink: any FeedSink,
        owner: BybitSession,
        counters: FeedCounters,
        logger: RateLimitedLogger
    ) {
        self.number = number
        self.session = UpstreamSession(settings: settings)
        self.sink = sink
        self.owner = owner
        self.counters = counters
        self.logger = logger
        counters.connections.withLock { $0[number] = FeedCounters.ConnectionState() }
    }

    func want(_ route: BybitRoute, rank: Int) {
        let name = route.topic.name
        routes[name] = route
        let actions = session.want(name, rank: rank, speaksSteadily: route.topic.speaksSteadily, at: .now())
        // Each node repeats all that it wants: for what is served already there is nothing to do.
        if !actions.isEmpty { perform(actions) }
    }

    /// Lets go of a topic that was not asked for here. Answers its rank with it.
    func giveUpWaiting(_ name: String) -> (BybitRoute, rank: Int)? {
        guard let rank = session.giveUpWaiting(name), let route = routes.removeValue(forKey: name) else { return nil }
        return (route, rank)
    }

    func unwant(_ name: String) {
        let actions = session.unwant(name, at: .now())
        if !actions.isEmpty { perform(actions) }
    }

    func tick(at now: NIODeadline) {
        perform(session.tick(at: now))
        tellTrouble()
        idleTicks = routes.isEmpty ? idleTicks + 1 : 0
    }

    func end() {
        isEnded = true
        connecting?.cancel()
        connection?.abort()
        connection = nil
        counters.subscribedTopics.add(-confirmed)
        confirmed = 0
        counters.connections.withLock { $0[number] = nil }
    }

    func perform(_ actions: [UpstreamSession.Action]) {
        for action in actions {
            switch action {
            case .send(let request): send(request)
            case .confirmed(let name): if let route = routes[name] { sink.take(.confirmed, of: route.id) }
            case .refused(let name, let reason): forget(name, .refused(reason: reason, isFinal: true))
            case .interrupted(let name): if let route = routes[name] { interrupt(route) }
            case .dropped(let name): forget(name, .dropped)
            case .close(let reason):
                logger.log(
                    .warning,
                    key: "close",
                    "closing the connection to the exchange",
                    metadata: logged(["reason": "\(reason)"])
                )
                connection?.abort()
            }
        }
        counters.subscribedTopics.add(session.confirmedCount - confirmed)
        confirmed = session.confirmedCount
    }

    /// Once when it begins and once when it ends, which is with the first topic that is confirmed: that the connection was
    /// closed meanwhile ends nothing.
    private func tellTrouble() {
        if session.trouble.isGeneral {
            guard !isTroubleTold else { return }
            isTroubleTold = true
            logger.log(
                .warning,
                key: "all refused",
                "the exchange refuses all subscriptions for the time being: they are asked for again",
                metadata: logged(["reason": "\(session.trouble.words.prefix(120))"])
            )
        } else if isTroubleTold, session.confirmedCount > 0 {
            isTroubleTold = false
            logger.log(
                .notice,
                key: "all refused",
                "the exchange takes subscriptions again",
                metadata: logged(["count": "\(session.confirmedCount)"])
            )
        }
    }

    /// The fields of a line of the log about it.
    func logged(_ more: Logger.Metadata) -> Logger.Metadata {
        more.merging(["upstream_connection": .stringConvertible(number)]) { $1 }
    }

    private func send(_ request: BybitRequest) {
        connection?.send(text: request.text)
    }

    private func forget(_ name: String, _ event: FeedEvent) {
        guard let route = routes.removeValue(forKey: name) else { return }
        owner.forget(route)
        sink.take(event, of: route.id)
    }

    private func interrupt(_ route: BybitRoute) {
        route.transform.reset()
        sink.take(.interrupted, of: route.id)
    }
}

extension BybitConnection: WebSocketClientDelegate {
    func opened(_ connection: WebSocketConnection) {
        // An attempt to connect can't be cut short: this one came through after the term was over.
        guard !isEnded else { return connection.abort() }
        self.connection = connection
        counters.connections.withLock { $0[number] = FeedCounters.ConnectionState(isConnected: true) }
        perform(session.connected(at: .now()))
    }

    func received(_ message: ByteBuffer) {
        guard !isEnded else { return }
        ingest(message)
    }

    func receivedOversized(_ beginning: ByteBuffer, bytes: Int) {
        guard !isEnded else { return }
        counters.framesReceived.add()
        takeOversized(beginning, bytes: bytes)
    }

    func readCompleted() {
        guard !isEnded else { return }
        sink.readCompleted()
    }

    func closed(reason: String) {
        if !isEnded {
            connection = nil
            counters.connections.withLock { $0[number]?.isConnected = false }
            for route in routes.values { interrupt(route) }
            perform(session.disconnected())
            sink.readCompleted()
        }
        onClosed?(reason)
    }
}
