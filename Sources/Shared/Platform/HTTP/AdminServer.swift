import Logging
import NIOCore
import NIOPosix

/// Serves pages to operators on a port of its own. A connection gets 30 s for each request and its answer.
///
/// On a loop of its own, from `start` until its port is closed: whoever floods it with requests delays nothing that the
/// process does beside, least of all the renewal of a lease.
///
/// Bound: `maximumConnections` at a time. One more is closed at once, unread, so that whoever opens many takes no descriptors of
/// the clients'.
package struct AdminServer: Sendable {
    /// Scrapers, probes and people are few.
    static let maximumConnections = 64
    /// What it may have open: those, and its loop's, its port, and what is being closed.
    package static let descriptors = maximumConnections + 8

    private let host: String
    private let port: Int
    private let logger: Logger
    private let router: HTTPRouter

    package init(host: String, port: Int, logger: Logger, pages: [any HTTPPage]) {
        self.host = host
        self.port = port
        self.logger = logger
        router = HTTPRouter(pages)
    }

    /// Opens the port. Throws `ListenError` where that is not possible.
    package func start() async throws -> AdminListener {
        let router = router
        let limited = RateLimitedLogger(logger, limit: 1)
        // Counted on the one loop.
        let open = CounterCell<OneThread>()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: HTTPServerPipeline.readBytes)
            )
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard open.get() < Self.maximumConnections else {
                        limited.log(
                            .warning,
                            key: "admin connections",
                            "closed a connection to the admin pages: as many as there may be are open",
                            metadata: ["limit": "\(Self.maximumConnections)"]
                        )
                        throw ChannelError.ioOnClosedChannel
                    }
                    open.add()
                    channel.closeFuture.whenComplete { _ in open.add(-1) }
                    let pipeline = channel.pipeline.syncOperations
                    try HTTPServerPipeline.add(to: pipeline, timeout: .seconds(30)) { router.wantedBody(of: $0) }
                    try pipeline.addHandler(HTTPRouterHandler(router))
                }
            }
        do {
            let channel = try await bootstrap.bind(host: host, port: port).get()
            logger.info("admin pages", metadata: ["address": "\(ListeningAddress.words(channel.localAddress))"])
            return AdminListener(channel: channel, group: group)
        } catch {
            try? await group.shutdownGracefully()
            throw ListenError(setting: "ADMIN_PORT", host: host, port: port, cause: error)
        }
    }
}

/// A port that could not be opened.
package struct ListenError: Error, CustomStringConvertible {
    let setting: String
    let host: String
    let port: Int
    let cause: any Error

    package init(setting: String, host: String, port: Int, cause: any Error) {
        self.setting = setting
        self.host = host
        self.port = port
        self.cause = cause
    }

    package var description: String {
        "can't listen on \(host):\(port): \(NetworkFailure.words(cause)); set \(setting) to a free port, or stop what uses this one"
    }
}
