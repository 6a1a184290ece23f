import Core
import Logging
import NIOCore
import Platform
import ServiceLifecycle
import Stores

/// A node that accepts clients and fans out to them. A service: runs until graceful shutdown, then leaves in good order
/// (`Drain`), and ends.
///
/// Owns the listening port, the hub, and one shard for each event loop of the group that it is given.
package final class EdgeNode: Service {
    package struct Configuration: Sendable {
        package var host = "0.0.0.0"
        package var port = 8000
        package var brand = "tidegate"
        /// What clients may speak.
        package var dialects: DialectRegistry
        package var maximumClients = 10_000
        /// Descriptors that the process may have open; nil: its own limit, raised as far as that is possible.
        package var descriptorLimit: Int?
        package var echoPath: String?
        package var connection = ConnectionSettings()
        /// Who is let in.
        package var admission: any Admission = OpenAdmission()
        /// What it has counted.
        package var admissionCounters = AdmissionCounters()
        /// Who is believed whom it speaks for.
        package var trustedProxies = IPRanges.none
        /// Connections begin with a header of the PROXY protocol.
        package var speaksProxyProtocol = false
        /// For those who are not known yet.
        package var addressLimits = AddressLimits.Bounds()
        /// Connections of one user or key that has no limit of its own; nil for no limit.
        package var connectionsPerUser: Int?
        /// Counts those: kept up while the node runs.
        package var connectionCounts: any ConnectionCounts = NodeConnectionCounts()
        /// Of which origins pages may connect; nil for all.
        package var allowedOrigins: OriginPatterns?
        /// Who may read what.
        package var permissions = Permissions()
        /// Says who shows a token on a connection that is there.
        package var reauthentication: any Reauthentication = NoReauthentication()
        package var demandLease: Duration = .seconds(15)
        /// How long it takes to leave.
        package var drain = DrainTimes()
        /// As it is announced.
        package var program = Program.edgeNode
        /// How often it is.
        package var announcementInterval = NodeAnnouncer.interval
        /// Under which orders to the node are signed; nil: none is taken.
        package var control: ControlSigner?
        /// What was revoked; nil where nothing can be.
        package var revocations: Revocations?
        /// By which clients check what is signed; nil: the page of keys is not there.
        package var signingKeys: (@Sendable () -> [SigningKey])?
        /// How long the ingestor may be silent before the node is neither healthy nor ready.
        package var heartbeatTimeout: TimeAmount = .seconds(10)
        /// Signs resume tokens, the same on all nodes; nil: a random one, and a token holds on this node only.
        package var resumeTokenKey: String?
        /// In which form resume tokens are made.
        package var wire = WireVersion.one
        package var resumeTokenLifetime: Duration = .seconds(600)
        /// Clients come over TLS; nil: in plain text.
        package var certificate: ServerCertificate?
        /// The Redis server that the process uses, for `/health`; nil where it uses none.
        package var redis: (@Sendable () -> StoreStatus)?

        package init(dialects: DialectRegistry) {
            self.dialects = dialects
        }
    }

    package static let version = Release.version
    /// Shards are counted in one 64-bit set.
    package static let maximumThreads = Hub.maximumShards

    private let configuration: Configuration
    private let logger: Logger
    private let node: NodeState
    let hub: Hub
    private let demand: DemandReporter
    private let ports: [ShardPort]
    let counters: [ShardCounters]
    private let listener: ClientListener
    private let broker: any Broker
    private let presence: NodePresence
    private let health: EdgeHealth

    package init(
        configuration: Configuration,
        catalog: any StreamCatalog,
        broker: any Broker,
        history: any History,
        demand board: any DemandBoard,
        group: any EventLoopGroup,
        logger: Logger
    ) {
        self.configuration = configuration
        self.logger = logger
        let limited = RateLimitedLogger(logger)
        let node = NodeState(maximumClients: configuration.maximumClients)
        let id = "edge-\(UInt64.random(in: .min ... .max))"
        let demand = DemandReporter(
            node: id,
            board: board,
            lease: configuration.demandLease,
            logger: limited
        )
        let ingestor = IngestorMonitor(timeout: configuration.heartbeatTimeout, logger: limited)
        let hub = Hub(
            catalog: catalog,
            broker: broker,
            history: history,
            demand: demand,
            ingestor: ingestor,
            logger: limited
        )
        let loops = Array(group.makeIterator()).prefix(Hub.maximumShards)
        let tokens = ResumeTokenSigner(configuration)
        let counters = loops.map { _ in ShardCounters() }
        var connection = configuration.connection
        if configuration.certificate != nil { connection.sendsDirectly = false }
        let settings = connection
        let limits = AddressLimits(configuration.addressLimits)
        let connections = PrincipalConnections(
            configuration.connectionCounts,
            usual: configuration.connectionsPerUser,
            counters: limits.counters
        )
        let admission = LimitedAdmission(
            OriginAdmission(
                CountedAdmission(configuration.admission, connections: connections),
                allowed: configuration.allowedOrigins,
                counters: limits.counters
            ),
            limits: limits
        )
        let mailboxes = loops.map { _ in ShardMailbox() }
        self.node = node
        self.hub = hub
        self.demand = demand
        self.broker = broker
        self.counters = counters
        let ports = loops.enumerated().map { index, loop in
            let shard = Shard(
                index: index,
                eventLoop: loop,
                settings: settings,
                node: node,
                tokens: tokens,
                permissions: configuration.permissions,
                reauthentication: configuration.reauthentication,
                connections: connections,
                revocations: configuration.revocations,
                dialects: configuration.dialects,
                counters: counters[index],
                hub: hub,
                mailbox: mailboxes[index],
                shards: loops.count
            )
            let box = NIOLoopBoundBox.makeBoxSendingValue(shard, as: Shard.self, eventLoop: loop)
            return ShardPort(mailbox: mailboxes[index], shard: box, eventLoop: loop)
        }
        let health = EdgeHealth(
            node: node,
            broker: broker,
            history: history,
            ingestor: ingestor,
            redis: configuration.redis
        )
        let pages = EdgePages(
            brand: configuration.brand,
            version: Self.version,
            wantedClients: configuration.maximumClients,
            shards: counters,
            mailboxes: mailboxes,
            hub: hub,
            admission: configuration.admissionCounters,
            refusals: limits.counters,
            connectionCounts: configuration.connectionCounts,
            revocations: configuration.revocations,
            signingKeys: configuration.signingKeys,
            health: health
        )
        self.health = health
        self.ports = ports
        let listener = ClientListener(
            configuration: configuration,
            admission: admission,
            limits: limits,
            node: node,
            ports: ports,
            pages: pages.list,
            shardLoops: group,
            logger: logger
        )
        self.listener = listener
        presence = NodePresence(
            id: id,
            configuration: configuration,
            node: node,
            hub: hub,
            counters: counters,
            ports: ports,
            broker: broker,
            port: { listener.port },
            logger: logger
        )
        configuration.permissions.onChange {
            for port in ports {
                port.eventLoop.execute { port.shard.value.sweep.reviewGrants() }
            }
        }
        hub.start(shards: ports)
        configuration.revocations?.onNews {
            for port in ports { port.eventLoop.execute { port.shard.value.evictions.begin() } }
        }
    }

    /// The port that the node listens on; nil before `start`.
    package var port: Int? { listener.port }

    /// Clients that are there now, and those that are about to be.
    package var clients: Int { node.clients.get() }

    /// Whether clients should come here: what `/ready` says.
    package var isReady: Bool { port != nil && health.obstacles.isEmpty }

    /// Opens the port. Throws an error of one line where that is not possible, or where no client would find a place.
    package func start() async throws {
        // Nobody comes in by what was revoked before. Where it can't be read, `run` goes on trying.
        await configuration.revocations?.recallAtStart()
        try await listener.open()
    }

    /// Hears the ingestor's heartbeats from now on, as `run` does. Where the broker is away it may take its time.
    package func listen() async { await hub.listen() }

    /// Who has come with an API key that is taken no more is let go within a second or two; whom a key stands for now holds from then
    /// on. Any thread.
    package func apply(_ changes: KeyChanges) {
        for port in ports { port.eventLoop.execute { port.shard.value.sweep.heed(changes) } }
    }

    package func run() async throws {
        if port == nil { try await start() }
        let sweeps = ports.map { port in
            port.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) {
                [shard = port.shard] _ in
                shard.value.sweep.begin()
            }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [demand] in await demand.run() }
            group.addTask { [hub] in await hub.listen() }
            group.addTask { [presence] in await presence.run() }
            group.addTask { [counts = configuration.connectionCounts] in await counts.run() }
            if let certificate = configuration.certificate { group.addTask { await certificate.watch() } }
            if let revocations = configuration.revocations {
                let follower = RevocationFollower(revocations, logger: RateLimitedLogger(logger))
                group.addTask { [broker] in await follower.run(over: broker) }
            }
            try? await gracefulShutdown()
            let drain = Drain(
                times: configuration.drain,
                node: node,
                listener: listener,
                ports: ports,
                logger: logger
            )
            await drain.run()
            group.cancelAll()
        }
        for sweep in sweeps { sweep.cancel() }
        await hub.stop()
        await listener.stop()
    }
}
