import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// What a node is to whoever runs the gateway: it announces itself. Lives as long as the node.
struct NodePresence: Sendable {
    private let announcer: NodeAnnouncer

    /// - Parameters:
    ///   - id: By which it is told from others.
    ///   - port: That its pages are at; nil before it is open.
    init(
        id: String,
        configuration: EdgeNode.Configuration,
        node: NodeState,
        hub: Hub,
        broker: any Broker,
        port: @escaping @Sendable () -> Int?,
        logger: Logger
    ) {
        let limited = RateLimitedLogger(logger)
        let (program, host) = (configuration.program, configuration.host)
        let isSecure = configuration.certificate != nil
        let hostName = HostName.current
        announcer = NodeAnnouncer(
            broker: broker,
            interval: configuration.announcementInterval,
            logger: limited
        ) {
            let admin = NodeAddress.text(host: host, port: port(), name: hostName, isSecure: isSecure)
            var announcement = NodeAnnouncement(
                id: id,
                program: program,
                admin: admin,
                sentAt: WallClock.milliseconds()
            )
            announcement.isLeaving = node.isLeaving.load(ordering: .relaxed)
            announcement.load = NodeLoad(
                connections: node.clients.get(),
                limit: node.maximumClients,
                streams: hub.activeStreams
            )
            return announcement
        }
    }

    /// Runs until cancelled. To be called once.
    func run() async { await announcer.run() }
}
