import Logging
import NIOCore
import NIOPosix
import Platform
import Synchronization

/// The listening port: accepts connections and gives each to a shard, in turn.
///
/// It accepts on a loop of its own. In a storm of 15,000 connects the loop of a shard is busy with the handshakes of those
/// that are in, and comes to accept the next few hundred only once in a turn: the kernel's backlog is full before all have
/// come, and who finds it full tries again after 1, 3 and 7 s. Measured with one shard in three rounds: the slowest of
/// 15,000 had its handshake after 0.8, 2.1 and 4.1 s, and with this loop after 0.10, 0.14 and 0.15 s, for a quarter more
/// processor time while the storm lasts; with two shards it was 0.1 to 0.2 s either way. Batches of 4096 on a shard's own
/// loop came to 0.4 to 0.8 s, and with two shards held up what it delivers for 60 to 460 ms. A socket for each shard on the
/// same port (SO_REUSEPORT) would do without the hand-over, but let a second process take the port too, unnoticed.
///
/// Bounds: as many connections as `AcceptGate` lets in; as many that wait as the kernel keeps.
final class ClientListener: Sendable {
    /// Connects that are accepted in one turn of the acceptor's loop at most. The default of 4 starves storms.
    private static let batch = 256
    /// What the kernel keeps for a client, which counts double there. By itself it lets this grow to 4 MB: so much old data
    /// would then stand before what a slow client is told of the newest, and so much memory would none of our bounds count.
    private static let sendBufferBytes = 262_144

    private let configuration: EdgeNode.Configuration
    private let admission: any Admission
    private let limits: AddressLimits
    private let node: NodeState
    private let ports: [ShardPort]
    private let router: HTTPRouter
    private let shardLoops: any EventLoopGroup
    private let logger: Logger
    /// Of one loop; it is shut down with the port.
    private let acceptor: MultiThreadedEventLoopGroup
    private let channel = Mutex<(any Channel)?>(nil)

    init(
        configuration: EdgeNode.Configuration,
        admission: any Admission,
        limits: AddressLimits,
        node: NodeState,
        ports: [ShardPort],
        pages: [any HTTPPage],
        acceptor: MultiThreadedEventLoopGroup,
        shardLoops: any EventLoopGroup,
        logger: Logger
    ) {
        self.configuration = configuration
        self.admission = admission
        self.limits = limits
        self.node = node
        self.ports = ports
        router = HTTPRouter(pages)
        self.acceptor = acceptor
        self.shardLoops = shardLoops
        self.logger = logger
    }

    /// The port; nil before it is open.
    var port: Int? { channel.withLock { $0?.localAddress?.port } }

    /// Throws `ListenError` where that is not possible, `NoPlacesError` where no client would find a place.
    func open() async throws {
        try limitClients()
        do {
            let channel = try await makeBootstrap().bind(host: configuration.host, port: configuration.port).get()
            self.channel.withLock { $0 = channel }
            logger.info(
                "listening",
                metadata: [
                    "address": "\(ListeningAddress.words(channel.localAddress))", "websocket": "/ws",
                    "shards": "\(ports.count)",
                ]
            )
        } catch {
            throw ListenError(setting: "PORT", host: configuration.host, port: configuration.port, cause: error)
        }
    }

    /// Nobody is accepted any more.
    func close() async { try? await channel.withLock { $0 }?.close() }

    /// To be called when the shards have had a turn since `close`: they report each connection that they have set up.
    func stop() async { try? await acceptor.shutdownGracefully() }

    /// Lets in no more clients than the system gives the process descriptors for, and says so where they are fewer than
    /// were asked for.
    private func limitClients() throws {
        let places = configuration.places(
            descriptorLimit: configuration.descriptorLimit ?? DescriptorLimit.raise(),
            // The loops' own, the log, what the stores have opened.
            inUse: DescriptorLimit.open ?? Places.reserve
        )
        guard places.clients > 0 else { throw NoPlacesError(places: places) }
        node.limit(to: places)
        if let complaint = places.complaint { logger.warning("\(complaint)") }
        if let limit = ListenBacklog.systemLimit, limit < backlog {
            logger.info(
                "the kernel keeps fewer connects waiting than may come at once: others are delayed by a second or more",
                metadata: ["kept": "\(limit)", "wanted": "\(backlog)", "setting": "net.core.somaxconn"]
            )
        }
    }

    private var backlog: Int { ConnectBacklog.wanted(for: node.maximumClients) }

    private func makeBootstrap() -> ServerBootstrap {
        let shards = Dictionary(uniqueKeysWithValues: ports.map { (ObjectIdentifier($0.eventLoop), $0.shard) })
        let (node, logger) = (node, RateLimitedLogger(logger))
        let pipeline = ClientPipeline(
            proxies: TrustedProxies(configuration.trustedProxies),
            speaksProxyProtocol: configuration.speaksProxyProtocol,
            certificate: configuration.certificate,
            limits: limits,
            paths: WebSocketPaths(dialects: configuration.dialects, echo: configuration.echoPath),
            admission: admission,
            router: router,
            logger: logger
        )
        return ServerBootstrap(group: acceptor, childGroup: shardLoops)
            .serverChannelOption(.backlog, value: Int32(backlog))
            .serverChannelOption(.maxMessagesPerRead, value: UInt(Self.batch))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Those that are accepted inherit it.
            .serverChannelOption(.socketOption(.so_sndbuf), value: Self.sendBufferBytes)
            .serverChannelOption(ClientSocket.unsentLimitOption, value: Int(SendPace.usual))
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let gate = AcceptGate(node: node, batch: Self.batch, logger: logger)
                    try channel.pipeline.syncOperations.addHandler(gate)
                }
            }
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: HTTPServerPipeline.readBytes)
            )
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let shard = shards[ObjectIdentifier(channel.eventLoop)]?.value else {
                        throw ChannelError.ioOnClosedChannel
                    }
                    shard.turns.catchUp()
                    try pipeline.open(channel, on: shard)
                }
            }
    }
}
