import NIOCore
import NIOHTTP1
import Platform
import Synchronization

/// Behind the handlers of HTTP: answers plain requests, and turns the connection over to a `ClientConnection` when the client
/// asks for a WebSocket at one of its paths. Lives on its shard's loop, and is gone after the upgrade.
///
/// What a connection may hold and take its time for until then is `HTTPServerPipeline`'s matter.
final class GatewayHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestHead
    typealias OutboundOut = HTTPReply

    private let shard: Shard
    private let paths: WebSocketPaths
    private let pages: EdgePages

    init(shard: Shard, paths: WebSocketPaths, pages: EdgePages) {
        self.shard = shard
        self.paths = paths
        self.pages = pages
    }

    /// Puts all that a new connection needs into its pipeline.
    static func add(
        to pipeline: ChannelPipeline.SynchronousOperations,
        shard: Shard,
        paths: WebSocketPaths,
        pages: EdgePages
    ) throws {
        try HTTPServerPipeline.add(to: pipeline, timeout: shard.settings.handshakeTimeout)
        try pipeline.addHandler(GatewayHandler(shard: shard, paths: paths, pages: pages))
    }

    func channelInactive(context: ChannelHandlerContext) {
        shard.catchUp()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        shard.catchUp()
        let head = unwrapInboundIn(data)
        if let endpoint = paths.endpoint(for: head) { return upgrade(head, to: endpoint, context) }
        answer(HTTPReply(to: head, from: pages.reply), context)
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
        HTTPReply(.serviceUnavailable, json: #"{"error":"\#(reason)"}"#, headers: [("Retry-After", "\(seconds)")])
    }
}
