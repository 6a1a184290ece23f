import NIOCore
import NIOHTTP1
import Shared
import Synchronization

/// The first handler of a connection: answers plain HTTP, and turns the connection over to a `ClientConnection` when
/// the client asks for a WebSocket at one of its paths. Lives on its shard's loop, and is gone after the upgrade.
///
/// A connection that has not finished a request within the handshake timeout, or stays silent so long between requests,
/// is closed. Request bodies are read and thrown away, up to 64 KiB.
final class GatewayHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let maximumBodyBytes = 65_536

    private let shard: Shard
    private let paths: WebSocketPaths
    private let pages: EdgePages
    private var head: HTTPRequestHead?
    private var bodyBytes = 0
    private var timeout: Scheduled<Void>?

    init(shard: Shard, paths: WebSocketPaths, pages: EdgePages) {
        self.shard = shard
        self.paths = paths
        self.pages = pages
    }

    func handlerAdded(context: ChannelHandlerContext) { startTimeout(context) }

    func handlerRemoved(context: ChannelHandlerContext) { timeout?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        shard.catchUp()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.close(promise: nil) }
        let head = HTTPRequestHead(version: .http1_0, method: .GET, uri: "/")
        HTTPReply(.badRequest, json: #"{"error":"Malformed HTTP request"}"#).write(to: head, context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            bodyBytes = 0
        case .body(let part):
            bodyBytes += part.readableBytes
            if bodyBytes > Self.maximumBodyBytes { context.close(promise: nil) }
        case .end:
            guard let head else { return }
            self.head = nil
            timeout?.cancel()
            shard.catchUp()
            respond(to: head.endsHTTP ? head.closing() : head, context)
        }
    }

    private func startTimeout(_ context: ChannelHandlerContext) {
        let channel = context.channel
        timeout = context.eventLoop.scheduleTask(in: shard.settings.handshakeTimeout) { channel.close(promise: nil) }
    }

    private func respond(to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        if let endpoint = paths.endpoint(for: head) { return upgrade(head, to: endpoint, context) }
        startTimeout(context)
        guard head.method == .GET || head.method == .HEAD else {
            return HTTPReply.methodNotAllowed.write(to: head, context: context)
        }
        (pages.reply(to: head.path) ?? .notFound).write(to: head, context: context)
    }

    private func upgrade(
        _ head: HTTPRequestHead,
        to endpoint: WebSocketPaths.Endpoint,
        _ context: ChannelHandlerContext
    ) {
        switch WebSocketHandshake.decide(head) {
        case .refuse(let reply): refuse(reply, head, context)
        case .accept(let headers):
            if shard.node.isDraining.load(ordering: .relaxed) {
                return refuse(.unavailable("Server going away", retryAfter: 1), head, context)
            }
            guard shard.node.admit() else {
                return refuse(.unavailable("Connection limit reached", retryAfter: 5), head, context)
            }
            accept(headers, endpoint, context)
        }
    }

    private func refuse(_ reply: HTTPReply, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        startTimeout(context)
        reply.write(to: head, context: context)
    }

    /// Answers 101, then swaps the HTTP handlers for the client's only handler. The decoder goes last: it hands on the
    /// bytes that it has read beyond the request.
    private func accept(
        _ headers: HTTPHeaders,
        _ endpoint: WebSocketPaths.Endpoint,
        _ context: ChannelHandlerContext
    ) {
        let response = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        let connection = ClientConnection(
            shard: shard,
            mode: endpoint.isEcho ? .echo : .client,
            greeting: endpoint.greeting,
            at: context.eventLoop.now
        )
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.removeHandler(context: pipeline.context(handlerType: HTTPResponseEncoder.self), promise: nil)
            try pipeline.addHandler(connection, position: .after(self))
            pipeline.removeHandler(context: context, promise: nil)
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            // It does so in a later turn of the loop, behind the read that would have flushed the answers to them.
            pipeline.removeHandler(context: decoder).assumeIsolated().whenComplete { _ in connection.flushNow() }
        } catch {
            // The channel was closed underneath: whoever was added has been told.
            context.close(promise: nil)
        }
    }
}

extension HTTPRequestHead {
    /// The parser takes nothing more as HTTP behind such a request, whatever its answer.
    fileprivate var endsHTTP: Bool {
        method == .CONNECT || headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }

    /// Answered as the last of its connection.
    fileprivate func closing() -> HTTPRequestHead {
        var head = self
        head.headers.add(name: "Connection", value: "close")
        return head
    }
}

extension HTTPReply {
    fileprivate static func unavailable(_ reason: String, retryAfter seconds: Int) -> HTTPReply {
        HTTPReply(.serviceUnavailable, json: #"{"error":"\#(reason)"}"#, headers: [("Retry-After", "\(seconds)")])
    }
}
