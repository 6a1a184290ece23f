import BybitFeed
import BybitSimulator
import Composition
import Core
import EdgeComposition
import EdgeNode
import Ingestor
import Logging
import NIOCore
import NIOPosix
import Platform
import ServiceLifecycle
import Stores

/// The services of a standalone process, in the order in which they start; they stop in the reverse order.
struct Gateway {
    private static let probeTimeout: TimeAmount = .seconds(5)

    private let services: [any Service]
    private let logger: Logger
    private let follower: InstrumentFollower
    let edge: EdgeNode
    private let admission: NodeAdmission?
    let stores: ConnectedStores

    /// Chooses the upstream, opens the port, and readies the services. Throws a one-line error where that is not
    /// possible.
    ///
    /// - Parameter id: Of the edge node, and so of the process in its log; nil: one of its own.
    static func make(
        _ settings: ResolvedSettings,
        _ document: LiveDocument? = nil,
        upstream: UpstreamChoice,
        port: Int?,
        id: String? = nil,
        logger: Logger
    ) async throws -> Gateway {
        var feed = try BybitFeed.Configuration(settings)
        var services: [any Service] = []
        let ingestLoop = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        if let simulator = try await choose(upstream, &feed, group: ingestLoop, logger) {
            services.append(simulator)
        }
        let instruments = Instruments()
        let catalog = StreamCatalogs.make(settings, document, instruments: instruments)
        let stores = try ConnectedStores(
            settings,
            for: .standalone,
            catalog: catalog,
            group: ingestLoop,
            logger: Logger(label: "stores")
        )
        let demand = stores.demandBoard(logger: Logger(label: "demand"))
        let ingestor = Ingestor(
            configuration: Ingestor.Configuration(settings),
            catalog: catalog,
            feeds: [BybitFeed(configuration: feed, logger: Logger(label: "ingestor"))],
            // A term that rises from one start of the process to the next, since the history does not outlive it.
            leadership: stores.leadership ?? SoleLeadership(epoch: UInt64(WallClock.milliseconds())),
            outlet: stores.outlet,
            broker: stores.broker,
            history: stores.history,
            demand: demand,
            control: ControlSigner(settings, logger: logger),
            signer: try document.flatMap { try Signing.signer(settings, $0, catalog: catalog, logger: logger) },
            group: ingestLoop,
            logger: Logger(label: "ingestor")
        )
        var edgeConfiguration = try EdgeNode.Configuration(
            settings,
            dialects: .node(brand: settings[Settings.Common.brand])
        )
        edgeConfiguration.id = id
        edgeConfiguration.redis = stores.redis
        edgeConfiguration.otherMetrics = { [report = IngestorReport(ingestor, document: document)] in
            await report.snapshot()
        }
        edgeConfiguration.document = document
        edgeConfiguration.otherLoops = [("ingestor", ingestLoop.next())]
        // Without a Redis it is mostly the only node, and need not be told so.
        if let sets = stores.leasedSets {
            edgeConfiguration.countConnections(in: sets, logger: Logger(label: "edge-node"))
        }
        if let document { edgeConfiguration.signingKeys = Signing.keys(document) }
        edgeConfiguration.revocations = Revocations(
            settings,
            memory: stores.revocations,
            logger: Logger(label: "edge-node")
        )
        var admission: NodeAdmission?
        if let document {
            admission = try await NodeAdmission(
                settings,
                document,
                group: ingestLoop,
                logger: Logger(label: "edge-node")
            )
        }
        admission?.apply(to: &edgeConfiguration)
        if let port { edgeConfiguration.port = port }
        let threads = EdgeNode.Configuration.threads(settings, cores: System.coreCount)
        let edge = EdgeNode(
            configuration: edgeConfiguration,
            catalog: catalog,
            broker: stores.broker,
            history: stores.history,
            demand: demand,
            group: MultiThreadedEventLoopGroup(numberOfThreads: threads),
            logger: Logger(label: "edge-node")
        )
        let follower = stores.follower(of: instruments, logger: Logger(label: "edge-node"))
        try await edge.start()
        // Within one process nothing is waited for: the node hears the first heartbeat, and is not ready a second later only.
        if stores.broker is InProcessBroker { await edge.listen() }
        return Gateway(
            services: services + [ingestor, edge],
            logger: logger,
            follower: follower,
            edge: edge,
            admission: admission,
            stores: stores
        )
    }

    /// Runs until SIGTERM or SIGINT, then stops: clients first.
    func run() async throws {
        let following = follower.follow()
        let keys = admission?.follow(for: edge)
        defer { keys?.cancel() }
        try await ServiceRun.untilToldToStop(services, obstacles: { [edge] in edge.obstacles }, logger: logger)
        following.cancel()
        await following.value
        await stores.close()
    }

    /// Points the configuration at the upstream; answers the simulator where one is needed, started.
    private static func choose(
        _ upstream: UpstreamChoice,
        _ configuration: inout BybitFeed.Configuration,
        group: any EventLoopGroup,
        _ logger: Logger
    ) async throws -> BybitSimulator? {
        switch upstream {
        case .url(let url):
            configuration.url = url
            return nil
        case .bybit: return nil
        case .simulator: break
        case .auto:
            let url = configuration.url
            guard let reason = await UpstreamProbe.failure(of: url, timeout: probeTimeout, group: group) else {
                return nil
            }
            logger.critical(
                "THE EXCHANGE CAN'T BE REACHED: serving SIMULATED data, marked \"source\":\"simulator\"",
                metadata: ["url": "\(url)", "reason": "\(reason)"]
            )
        }
        let simulator = BybitSimulator(configuration: SimulatorConfiguration(), logger: Logger(label: "simulator"))
        let port = try await simulator.start()
        configuration.url = try WebSocketURL("ws://127.0.0.1:\(port)/v5/public/linear")
        configuration.restHost = nil
        configuration.isSimulated = true
        return simulator
    }
}
