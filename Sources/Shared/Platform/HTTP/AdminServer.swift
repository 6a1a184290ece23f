import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Serves a few JSON pages to operators on a port of its own. A connection gets 30 s for each request.
///
/// On a loop of its own, from `start` until its channel is closed: whoever floods it with requests delays nothing that the
/// process does beside, least of all the renewal of a lease.
package struct AdminServer: Sendable {
    private let host: String
    private let port: Int
    private let logger: Logger
    private let route: @Sendable (Substring) -> HTTPReply?

    /// `route` answers a GET of a path, on an event loop: it must not block. Nil is answered with 404.
    package init(
        host: String,
        port: Int,
        logger: Logger,
        route: @escaping @Sendable (Substring) -> HTTPReply?
    ) {
        self.host = host
        self.port = port
        self.logger = logger
        self.route = route
    }

    /// Opens the port. Throws `ListenError` where that is not possible.
    package func start() async throws -> any Channel {
        let route = route
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
                    try HTTPServerPipeline.add(to: channel.pipeline.syncOperations, timeout: .seconds(30))
                    try channel.pipeline.syncOperations.addHandler(Handler(route: route))
                }
            }
        do {
            let channel = try await bootstrap.bind(host: host, port: port).get()
            logger.info("admin pages", metadata: ["address": "\(channel.localAddress.map { "\($0)" } ?? "?")"])
            channel.closeFuture.whenComplete { _ in group.shutdownGracefully { _ in } }
            return channel
        } catch {
            try? await group.shutdownGracefully()
            throw ListenError(setting: "ADMIN_PORT", host: host, port: port, cause: error)
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPRequestHead
        typealias OutboundOut = HTTPReply

        private let route: @Sendable (Substring) -> HTTPReply?

        init(route: @escaping @Sendable (Substring) -> HTTPReply?) {
            self.route = route
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let reply = HTTPReply(to: unwrapInboundIn(data), from: route)
            context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
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
        "can't listen on \(host):\(port): \(cause); set \(setting) to a free port, or stop what uses this one"
    }
}
