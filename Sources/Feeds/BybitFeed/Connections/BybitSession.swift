import Core
import FeedKit
import Logging
import NIOCore
import Platform
import Synchronization

/// The connections to the exchange during one term, and which of them carries which topic. Lives on the ingestor's loop.
///
/// Topics are spread by `TopicSpread`; a topic stays where it is until it is forgotten. Each connection has its own session,
/// backoff and pings: one that is cut interrupts its own topics only. A connection that carries nothing for a while is
/// closed, but for the last. What all connections together can't carry is refused in words.
final class BybitSession: FeedSession {
    /// In ticks, of which one comes every second.
    static let idleTicks = 60

    private let configuration: BybitFeed.Configuration
    private let eventLoop: any EventLoop
    private unowned let sink: any FeedSink
    private let counters: FeedCounters
    private let logger: Logger
    private let limitedLogger: RateLimitedLogger
    private var spread: TopicSpread
    private(set) var connections: [BybitConnection] = []
    private(set) var routes: [RouteID: BybitRoute] = [:]
    private var isConnecting = false
    private var isEnded = false

    init(
        configuration: BybitFeed.Configuration,
        eventLoop: any EventLoop,
        sink: any FeedSink,
        counters: FeedCounters,
        logger: Logger
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.sink = sink
        self.counters = counters
        self.logger = logger
        self.limitedLogger = RateLimitedLogger(logger)
        self.spread = TopicSpread(
            maximumConnections: configuration.maximumConnections,
            capacity: configuration.upstream.charactersPerConnection
        )
        _ = openConnection()
    }

    func serves(_ stream: StreamName) -> Bool { BybitTopic(stream) != nil }

    func want(_ stream: StreamName, by id: RouteID, rank: Int) {
        guard !isEnded, let topic = BybitTopic(stream) else { return }
        if let route = routes[id] { return route.connection.want(route, rank: rank) }
        guard let connection = connection(for: topic.name) else {
            let count = connections.count == 1 ? "connection" : "\(connections.count) connections"
            let reason = "The exchange can't be asked for more: what its \(count) can carry is in use. Try again later"
            return sink.take(.refused(reason: reason, isFinal: false), of: id)
        }
        let route = BybitRoute(id: id, topic: topic, connection: connection)
        routes[id] = route
        spread.add(topic.name, to: connection.number)
        connection.want(route, rank: rank)
    }

    func unwant(_ id: RouteID) {
        guard let route = routes[id] else { return }
        route.connection.unwant(route.topic.name)
    }

    func state(of id: RouteID) -> ByteBuffer? { routes[id]?.transform.state() }

    func connect() {
        isConnecting = true
        for connection in connections { connect(connection) }
    }

    func tick() {
        guard !isEnded else { return }
        let now = NIODeadline.now()
        for connection in connections { connection.tick(at: now) }
        closeIdle()
        let unreadable = connections.flatMap { $0.session.unreadable(at: now) }.sorted()
        counters.unreadable.withLock { $0 = unreadable }
        var report = FeedReport()
        for connection in connections {
            let own = connection.session.report
            report.problems += own.problems
            report.notices += own.notices
        }
        counters.report.withLock { [report] in $0 = report }
    }

    func end() {
        guard !isEnded else { return }
        isEnded = true
        for connection in connections { connection.end() }
        counters.end()
    }

    /// A connection has forgotten it.
    func forget(_ route: BybitRoute) {
        routes[route.id] = nil
        spread.remove(route.topic.name, from: route.connection.number)
    }

    /// Where a new topic goes; nil where all connections are full of what clients want.
    private func connection(for name: String) -> BybitConnection? {
        switch spread.place(for: name) {
        case .another: return openConnection()
        case .connection(let number):
            let isFull = connections.allSatisfy { $0.session.isFullOfWanted(for: name) }
            return isFull ? nil : connections.first { $0.number == number }
        }
    }

    private func openConnection() -> BybitConnection {
        let taken = Set(connections.map(\.number))
        let number = (1...configuration.maximumConnections).first { !taken.contains($0) } ?? 1
        let connection = BybitConnection(
            number: number,
            settings: configuration.upstream,
            sink: sink,
            owner: self,
            counters: counters,
            logger: limitedLogger
        )
        connections.append(connection)
        spread.open(number)
        if isConnecting { connect(connection) }
        return connection
    }

    private func connect(_ connection: BybitConnection) {
        guard connection.connecting == nil else { return }
        let link = UpstreamLink(
            url: configuration.url,
            backoff: configuration.backoff,
            eventLoop: eventLoop,
            number: connection.number,
            counters: counters,
            logger: logger,
            connection: NIOLoopBound(connection, eventLoop: eventLoop)
        )
        // Nobody waits for it: an attempt to connect can't be cut short, and the end of the term need not wait.
        connection.connecting = Task { await link.run() }
    }

    private func closeIdle() {
        for connection in connections where connections.count > 1 && connection.idleTicks >= Self.idleTicks {
            connection.end()
            spread.close(connection.number)
            connections.removeAll { $0 === connection }
        }
    }
}
