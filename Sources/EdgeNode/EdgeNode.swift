import Core
import Logging
import NIOCore
import NIOPosix
import Platform
import ServiceLifecycle
import Stores
import Synchronization

/// A node that accepts clients and fans out to them. A service: runs until graceful shutdown, then leaves in good order
/// (`Drain`), and ends.
///
/// Owns the listening port, the hub, and one shard for each event loop of the group that it is given.
package final class EdgeNode: Service {
    /// Shards are counted in one 64-bit set.
    package static let maximumThreads = Hub.maximumShards

    /// What `start` has begun.
    private struct Opened {
        var admin: AdminListener?
        var beats: [RepeatedTask] = []
    }

    private let configuration: Configuration
    private let logger: Logger
    /// By which it is told from others.
    private let id: String
    private let node: NodeState
    let hub: Hub
    private let demand: DemandReporter
    private let ports: [ShardPort]
    let counters: [ShardCounters]
    private let listener: ClientListener
    private let pulses: [LoopPulse]
    private let admin: AdminServer?
    private let opened = Mutex(Opened())
    private let broker: any Broker
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
        id = configuration.id ?? NodeID.edge()
        let limited = RateLimitedLogger(logger)
        let node = NodeState(maximumClients: configuration.maximumClients)
        let demand = DemandReporter(node: id, board: board, lease: configuration.demandLease, logger: limited)
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
        let redis = configuration.redis
        var health = EdgeHealth(node: node, broker: broker, history: history, ingestor: ingestor, redis: redis)
        health.isReadyWithoutIngestor = configuration.isReadyWithoutIngestor
        if let certificate = configuration.certificate { health.certificateEnd = { certificate.expiresAt } }
        let acceptor = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let shardPulses = loops.enumerated().map {
            LoopPulse("shard \($0)", of: $1, every: configuration.pulseInterval)
        }
        pulses =
            shardPulses + [LoopPulse("acceptor", of: acceptor.next())]
            + configuration.otherLoops.map { LoopPulse($0.name, of: $0.loop) }
        let report = EdgeReport(
            program: configuration.program,
            shards: counters,
            mailboxes: mailboxes,
            hub: hub,
            admission: configuration.admissionCounters,
            refusals: limits.counters,
            connectionCounts: configuration.connectionCounts,
            revocations: configuration.revocations,
            certificate: configuration.certificate,
            firstKeyEnd: configuration.firstKeyEnd,
            document: configuration.document,
            shardPulses: shardPulses,
            health: health
        )
        let pages = EdgePages(configuration, id: id, report: report, loops: pulses)
        admin = configuration.adminPort.map {
            AdminServer(host: configuration.adminHost, port: $0, logger: logger, pages: pages.all)
        }
        self.health = health
        self.ports = ports
        listener = ClientListener(
            configuration: configuration,
            admission: configuration.limitedAdmission(limits, connections),
            limits: limits,
            node: node,
            ports: ports,
            pages: admin == nil ? pages.all : pages.open,
            acceptor: acceptor,
            shardLoops: group,
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

    /// The port of the operators' pages; nil before `start`, and where they are on the clients' port.
    package var adminPort: Int? { opened.withLock { $0.admin?.localAddress?.port } }

    /// Clients that are there now, and those that are about to be.
    package var clients: Int { node.clients.get() }

    /// Why clients should not come here, in the words of `/ready`; nothing where they should.
    package var obstacles: [String] { port == nil ? ["its port is not open"] : health.obstacles }

    /// Opens the port. Throws an error of one line where that is not possible, or where no client would find a place.
    package func start() async throws {
        // Nobody comes in by what was revoked before. Where it can't be read, `run` goes on trying.
        await configuration.revocations?.recallAtStart()
        try await listener.open()
        let page = try await admin?.start()
        let beats = pulses.map { $0.start() }
        opened.withLock { $0 = Opened(admin: page, beats: beats) }
    }

    /// Hears the ingestor's heartbeats from now on, as `run` does. Where the broker is away it may take its time.
    package func listen() async { await hub.listen() }

    /// Who has come with an API key that is taken no more is let go within a second or two; whom a key stands for now holds from then
    /// on. Any thread.
    package func apply(_ changes: KeyChanges) {
        for port in ports { port.eventLoop.execute { port.shard.value.sweep.heed(changes) } }
    }

    /// To be made once, since it is what has obeyed orders.
    private func makePresence() -> NodePresence {
        NodePresence(
            id: id,
            configuration: configuration,
            node: node,
            hub: hub,
            counters: counters,
            ports: ports,
            broker: broker,
            health: health,
            port: { [self] in configuration.adminPort == nil ? port : adminPort },
            logger: logger
        )
    }

    package func run() async throws {
        if port == nil { try await start() }
        let presence = makePresence()
        let sweeps = ports.map { port in
            port.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) {
                [shard = port.shard] _ in
                shard.value.sweep.begin()
            }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [demand] in await demand.run() }
            group.addTask { [hub] in await hub.listen() }
            group.addTask { await presence.run() }
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
                onLeaving: { presence.announceNow() },
                logger: logger
            )
            await drain.run()
            group.cancelAll()
        }
        for sweep in sweeps { sweep.cancel() }
        await hub.stop()
        let opened = opened.withLock { opened in
            defer { opened = Opened() }
            return opened
        }
        // Before the acceptor's loop has ended: nothing can be said to it then.
        for beat in opened.beats { beat.cancel() }
        await listener.stop()
        try? await opened.admin?.close()
    }
}
