import NIOCore
import NIOHTTP1
import Platform
import Synchronization

/// Behind the handlers of HTTP: turns the connection over to a `ClientConnection` when the client asks for a WebSocket at one
/// of its paths, and leaves other requests to the pages. Lives on its shard's loop, and is gone after the upgrade.
///
/// What a connection may hold and take its time for until then is `HTTPServerPipeline`'s matter.
final class GatewayHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequest
    typealias InboundOut = HTTPRequest
    typealias OutboundOut = HTTPReply

    private let shard: Shard
    private let paths: WebSocketPaths
    /// Stands behind.
    private let pages: HTTPRouterHandler

    private init(shard: Shard, paths: WebSocketPaths, pages: HTTPRouterHandler) {
        self.shard = shard
        self.paths = paths
        self.pages = pages
    }

    /// Puts all that a new connection needs into its pipeline.
    static func add(
        to pipeline: ChannelPipeline.SynchronousOperations,
        shard: Shard,
        paths: WebSocketPaths,
        router: HTTPRouter
    ) throws {
        try HTTPServerPipeline.add(to: pipeline, timeout: shard.settings.handshakeTimeout) { router.wantedBody(of: $0) }
        let pages = HTTPRouterHandler(router)
        try pipeline.addHandler(GatewayHandler(shard: shard, paths: paths, pages: pages))
        try pipeline.addHandler(pages)
    }

    func channelInactive(context: ChannelHandlerContext) {
        shard.catchUp()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        shard.catchUp()
        let request = unwrapInboundIn(data)
        guard let endpoint = paths.endpoint(for: request.head) else { return context.fireChannelRead(data) }
        upgrade(request.head, to: endpoint, context)
    }

    private func answer(_ reply: HTTPReply, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
    }

    private func upgrade(
        _ head: HTTPRequestHead,
        to endpoint: WebSocketPaths.Endpoint,
        _ context: ChannelHandlerContext
    ) {
        switch WebSocketHandshake.decide(head) {
        case .refuse(let reply): answer(reply, context)
        case .accept(let headers):
            if shard.node.isDraining.load(ordering: .relaxed) {
                return answer(.unavailable("Server going away", retryAfter: 1), context)
            }
            guard shard.node.admit() else {
                return answer(.unavailable("Connection limit reached", retryAfter: 5), context)
            }
            accept(headers, endpoint, context)
        }
    }

    /// Answers 101. The client's own handler comes when the socket has taken all of it: that one writes past the channel, and
    /// must not overtake what waits there.
    private func accept(
        _ headers: HTTPHeaders,
        _ endpoint: WebSocketPaths.Endpoint,
        _ context: ChannelHandlerContext
    ) {
        let reply = HTTPReply(.switchingProtocols, body: ByteBuffer(), headers: headers.map { ($0.name, $0.value) })
        context.writeAndFlush(wrapOutboundOut(reply)).assumeIsolated().whenComplete { [self] outcome in
            // Nobody says goodbye to who comes behind the goodbyes.
            guard case .success = outcome, !shard.node.isDraining.load(ordering: .relaxed) else {
                shard.node.dismiss()
                return context.close(promise: nil)
            }
            turnOver(to: endpoint, context)
        }
    }

    /// Swaps the HTTP handlers for the client's only handler.
    private func turnOver(to endpoint: WebSocketPaths.Endpoint, _ context: ChannelHandlerContext) {
        let connection = ClientConnection(
            shard: shard,
            mode: endpoint.isEcho ? .echo : .client,
            greeting: endpoint.greeting,
            at: context.eventLoop.now
        )
        let pipeline = context.pipeline.syncOperations
        do {
            try HTTPServerPipeline.stopAnswering(in: pipeline)
            pipeline.removeHandler(pages, promise: nil)
            try pipeline.addHandler(connection, position: .after(self))
            pipeline.removeHandler(context: context, promise: nil)
            // It does so in a later turn of the loop, behind the read that would have flushed the answers to what it brings.
            try HTTPServerPipeline.stopReading(in: pipeline).whenComplete { _ in connection.flushNow() }
        } catch {
            // The channel was closed underneath: whoever was added has been told.
            context.close(promise: nil)
        }
    }
}

extension HTTPReply {
    fileprivate static func unavailable(_ reason: String, retryAfter seconds: Int) -> HTTPReply {
        HTTPReply(.serviceUnavailable, error: reason, headers: [("Retry-After", "\(seconds)")])
    }
}
