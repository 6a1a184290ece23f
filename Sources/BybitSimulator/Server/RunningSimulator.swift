import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Platform

/// A bound simulator: its one-thread loop group, its listening socket, its core. Sendable: all of its state is behind
/// the loop.
struct RunningSimulator: Sendable {
    let port: Int
    let core: NIOLoopBound<SimulatorCore>

    private let group: MultiThreadedEventLoopGroup
    private let server: any Channel

    private static let controlHandlerName = "simulator.control"

    static func start(_ configuration: SimulatorConfiguration, logger: Logger) async throws -> RunningSimulator {
        try configuration.validate()
        let recording = configuration.frames.isEmpty ? nil : try RecordingLoader.load(configuration.frames)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            return try await start(configuration, recording: recording, group: group, logger: logger)
        } catch {
            try? await group.shutdownGracefully()
            guard let error = error as? IOError else { throw error }
            throw SimulatorError.cannotListen(
                host: configuration.host,
                port: configuration.port,
                reason: error.errnoCode == EADDRINUSE ? "the port is in use" : error.description
            )
        }
    }

    private static func start(
        _ configuration: SimulatorConfiguration,
        recording: Recording?,
        group: MultiThreadedEventLoopGroup,
        logger: Logger
    ) async throws -> RunningSimulator {
        let loop = group.next()
        let core = try await loop.submit {
            let feed: any Feed
            if let recording {
                feed = ReplayFeed(recording: recording)
            } else {
                feed = MarketFeed(
                    catalogue: InstrumentCatalogue(count: configuration.symbols),
                    rate: configuration.rate,
                    seed: configuration.seed
                )
            }
            return NIOLoopBound(
                SimulatorCore(loop: loop, feed: feed, configuration: configuration, logger: logger),
                eventLoop: loop
            )
        }.get()
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1_024)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                // The group's one loop serves all children, so the core is at home here.
                channel.eventLoop.makeCompletedFuture { try configure(channel, core: core) }
            }
            .bind(host: configuration.host, port: configuration.port)
            .get()
        return RunningSimulator(
            port: server.localAddress?.port ?? configuration.port,
            core: core,
            group: group,
            server: server
        )
    }

    private init(
        port: Int,
        core: NIOLoopBound<SimulatorCore>,
        group: MultiThreadedEventLoopGroup,
        server: any Channel
    ) {
        self.port = port
        self.core = core
        self.group = group
        self.server = server
    }

    private static func configure(_ channel: any Channel, core: NIOLoopBound<SimulatorCore>) throws {
        let upgrader = NIOWebSocketServerUpgrader(
            maxFrameSize: WebSocketSessionHandler.maximumMessage,
            shouldUpgrade: { channel, head in
                let isOurs =
                    ControlRoute.path(of: head.uri) == ControlRoute.webSocketPath
                    && !core.value.lasting.refusesUpgrades(at: .now())
                return channel.eventLoop.makeSucceededFuture(isOurs ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, _ in
                channel.pipeline.removeHandler(name: controlHandlerName).flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOWebSocketFrameAggregator(
                            minNonFinalFragmentSize: 1,
                            maxAccumulatedFrameCount: 1_024,
                            maxAccumulatedFrameSize: WebSocketSessionHandler.maximumMessage
                        ),
                        WebSocketSessionHandler(core: core.value),
                    ])
                }
            }
        )
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }),
            withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: HTTPServerPipeline.limits
        )
        try channel.pipeline.syncOperations.addHandler(ControlHandler(core: core.value), name: controlHandlerName)
    }

    /// Runs `body` on the simulator's loop.
    func perform<Value: Sendable>(_ body: @escaping @Sendable (SimulatorCore) -> Value) async throws -> Value {
        try await core.eventLoop.submit { [core] in body(core.value) }.get()
    }

    /// Returns when the listening socket is closed.
    func untilClosed() async throws {
        try await server.closeFuture.get()
    }

    /// Ends `untilClosed` from any thread; the clients stay until `shutDown`.
    func stopListening() {
        server.close(mode: .all, promise: nil)
    }

    func shutDown() async {
        try? await server.close(mode: .all)
        try? await perform { $0.shutDown() }
        try? await group.shutdownGracefully()
    }
}

extension RunningSimulator {
    func wait(for condition: @escaping @Sendable (SimulatorStatistics) -> Bool) async throws -> SimulatorStatistics {
        try await core.eventLoop.flatSubmit { [core] in
            let promise = core.eventLoop.makePromise(of: SimulatorStatistics.self)
            core.value.wait(StatisticsWaiter(condition: condition, promise: promise))
            return promise.futureResult
        }.get()
    }
}
