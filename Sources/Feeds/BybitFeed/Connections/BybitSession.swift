import Core
import FeedKit
import Logging
import NIOCore
import Platform
import Synchronization

/// The connections to the exchange during one term, and which of them carries which topic. Lives on the ingestor's loop.
///
/// Topics are spread by `TopicSpread`; one that has been asked for stays where it is until it is forgotten. Each connection
/// has its own session, backoff and pings: one that is cut interrupts its own topics only. A connection that carries
/// nothing for a while is closed, but for the last. What all connections together can't carry waits for room, on any of
/// them, and the report says so.
final class BybitSession: FeedSession {
    /// In ticks, of which one comes every second.
    static let idleTicks = 60
    /// Topics that are moved from full connections to others, each second.
    static let movesPerTick = 100

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

    func serves(_ stream: StreamDescriptor) -> Bool { BybitTopic(stream.name) != nil }

    func want(_ stream: StreamDescriptor, by id: RouteID, rank: Int) {
        guard !isEnded, let topic = BybitTopic(stream.name) else { return }
        if let route = routes[id] { return route.connection.want(route, rank: rank) }
        let connection = connection(for: topic.name)
        place(BybitRoute(id: id, topic: topic, connection: connection), on: connection, rank: rank)
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
        moveWaiting()
        closeIdle()
        let unreadable = connections.flatMap { $0.session.unreadable(at: now) }.sorted()
        counters.unreadable.withLock { $0 = unreadable }
        var report = FeedReport()
        for connection in connections {
            let own = connection.session.report
            let prefix = connections.count == 1 ? "" : "connection \(connection.number): "
            report.problems += own.problems.map { prefix + $0 }
            report.notices += own.notices.map { prefix + $0 }
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

    /// Where a new topic goes.
    private func connection(for name: String) -> BybitConnection {
        switch spread.place(for: name) {
        case .another: openConnection()
        case .connection(let number), .full(least: let number):
            connections.first { $0.number == number } ?? connections[0]
        }
    }

    /// What waits on a full connection goes to one that has room by now, or can make some.
    private func moveWaiting() {
        var moves = 0
        for connection in connections {
            while moves < Self.movesPerTick, connection.session.isFull, spread.isOverfull(connection.number),
                let name = connection.session.waiting.first(), let target = roomier(for: name, than: connection),
                let (route, rank) = connection.giveUpWaiting(name)
            {
                moves += 1
                spread.remove(name, from: connection.number)
                place(route, on: target, rank: rank)
            }
        }
    }

    private func roomier(for name: String, than connection: BybitConnection) -> BybitConnection? {
        guard case .full = spread.place(for: name) else { return self.connection(for: name) }
        return connections.first { $0 !== connection && !$0.session.isFull && $0.session.canMakeRoom(for: name) }
    }

    private func place(_ route: BybitRoute, on connection: BybitConnection, rank: Int) {
        routes[route.id] = route
        route.connection = connection
        spread.add(route.topic.name, to: connection.number)
        connection.want(route, rank: rank)
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
