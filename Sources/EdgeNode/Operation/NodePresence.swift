import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// What a node is to whoever runs the gateway: it announces itself, says in the log whether it is ready, and does what it is
/// ordered to. Lives as long as the node.
struct NodePresence: Sendable {
    private let announcer: NodeAnnouncer
    /// Nil where nothing that is signed is taken.
    private let follower: OrderFollower?
    private let broker: any Broker
    private let readiness: ReadinessLog

    /// - Parameters:
    ///   - id: By which it is told from others, and ordered.
    ///   - port: That operators' pages are on; nil before it is open.
    ///   - health: Whose obstacles say whether it is ready.
    init(
        id: String,
        configuration: EdgeNode.Configuration,
        node: NodeState,
        hub: Hub,
        counters: [ShardCounters],
        ports: [ShardPort],
        broker: any Broker,
        health: EdgeHealth,
        port: @escaping @Sendable () -> Int?,
        logger: Logger
    ) {
        let limited = RateLimitedLogger(logger)
        let rebalance = Rebalance(node: node, counters: counters, ports: ports, logger: logger)
        let announcer = NodeAnnouncer(
            broker: broker,
            interval: configuration.announcementInterval,
            logger: limited
        ) {
            var announcement = NodeAnnouncement(
                id: id,
                program: configuration.program,
                admin: configuration.operatorsAddress(port: port()),
                sentAt: WallClock.milliseconds()
            )
            announcement.isLeaving = node.isLeaving.load(ordering: .relaxed)
            announcement.isReady = health.obstacles.isEmpty
            announcement.load = NodeLoad(
                connections: node.clients.get(),
                limit: node.maximumClients,
                streams: hub.activeStreams
            )
            announcement.order = rebalance.receipt
            announcement.keys = configuration.keys
            return announcement
        }
        self.announcer = announcer
        self.broker = broker
        readiness = ReadinessLog(health, patience: configuration.heartbeatTimeout, from: .now(), logger: limited)
        follower = configuration.control.map { signer in
            OrderFollower(
                node: id,
                signer: signer,
                logger: limited,
                obey: { order, nonce in
                    rebalance.take(order, nonce: nonce)
                    announcer.announceNow()
                }
            )
        }
    }

    /// Something has changed that somebody may wait for: it is announced at once. Any thread.
    func announceNow() { announcer.announceNow() }

    /// Runs until cancelled. To be called once.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [announcer] in await announcer.run() }
            group.addTask { [readiness] in
                var readiness = readiness
                await readiness.run()
            }
            if let follower { group.addTask { [broker] in await follower.run(over: broker) } }
        }
    }
}
