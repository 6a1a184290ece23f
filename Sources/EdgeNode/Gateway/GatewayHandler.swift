import Logging
import NIOCore
import NIOHTTP1
import Platform
import Synchronization

/// Behind the handlers of HTTP: turns the connection over to a `ClientConnection` when the client asks for a WebSocket at one
/// of its paths and `Admission` lets it in, and leaves other requests to the pages. Lives on its shard's loop, and is gone
/// after the upgrade.
///
/// A client takes its place before it is asked for, so that those who wait to be let in are no more than the places. The
/// place is free again when it is refused, leaves, or its time is over.
///
/// What a connection may hold and take its time for until then is `HTTPServerPipeline`'s matter.
final class GatewayHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequest
    typealias InboundOut = HTTPRequest
    typealias OutboundOut = HTTPReply

    private let shard: Shard
    private let paths: WebSocketPaths
    private let admission: any Admission
    private let arrival: Arrival
    /// When the connection was accepted.
    private let acceptedAt: NIODeadline
    private let proxies: TrustedProxies
    /// Of the client that asks for the upgrade.
    private var client: IPAddress?
    /// Stands behind.
    private let pages: HTTPRouterHandler
    /// While it is being asked whether the client may come in, who has its place meanwhile.
    private var asking: ConnectionTask<Result<Admitted, HTTPReply>>?
    /// A request has come, for a page or for the upgrade.
    private var hasRequested = false

    private init(
        shard: Shard,
        paths: WebSocketPaths,
        admission: any Admission,
        arrival: Arrival,
        acceptedAt: NIODeadline,
        proxies: TrustedProxies,
        pages: HTTPRouterHandler
    ) {
        self.acceptedAt = acceptedAt
        self.shard = shard
        self.paths = paths
        self.admission = admission
        self.arrival = arrival
        self.proxies = proxies
        self.pages = pages
    }

    /// Puts all that a new connection needs into its pipeline.
    static func add(
        to pipeline: ChannelPipeline.SynchronousOperations,
        shard: Shard,
        paths: WebSocketPaths,
        admission: any Admission,
        router: HTTPRouter,
        arrival: Arrival = Arrival(),
        acceptedAt: NIODeadline? = nil,
        proxies: TrustedProxies = TrustedProxies()
    ) throws {
        try HTTPServerPipeline.add(to: pipeline, timeout: shard.settings.handshakeTimeout) { router.wantedBody(of: $0) }
        let pages = HTTPRouterHandler(router)
        let gateway = GatewayHandler(
            shard: shard,
            paths: paths,
            admission: admission,
            arrival: arrival,
            acceptedAt: acceptedAt ?? shard.eventLoop.now,
            proxies: proxies,
            pages: pages
        )
        try pipeline.addHandler(gateway)
        try pipeline.addHandler(pages)
    }

    func channelInactive(context: ChannelHandlerContext) {
        shard.turns.catchUp()
        giveUp(for: .abandoned)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is HTTPRequestAbandoned { giveUp(for: .timeout) }
        // Behind a page it is a connection that is kept for the next one, and nobody's handshake.
        if event is HTTPRequestOverdue, !hasRequested { shard.counters.refusals.add(.timeout) }
        context.fireUserInboundEventTriggered(event)
    }

    func handlerRemoved(context: ChannelHandlerContext) { giveUp(for: .abandoned) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        shard.turns.catchUp()
        hasRequested = true
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
        case .refuse(let reply): turnAway(reply, for: .badRequest, context)
        case .accept(let headers):
            if isGoingAway { return turnAway(.goingAway, for: .draining, context) }
            client = proxies.client(arrival.address, head.headers)
            guard shard.node.admit() else {
                let reply = HTTPReply.unavailable("Connection limit reached", retryAfter: 5)
                tellOfRefusal(reply)
                return turnAway(reply, for: .capacity, context)
            }
            let request = UpgradeRequest(
                head: head,
                peer: context.remoteAddress,
                address: client,
                verdict: arrival.verdict
            )
            if let outcome = admission.decideAtOnce(request) { return conclude(outcome, headers, endpoint, context) }
            asking = ConnectionTask(
                on: context.eventLoop,
                { [admission] in await admission.admit(request) },
                otherwise: { if case .success(let admitted) = $0 { admitted.free() } },
                then: { [self] in
                    asking = nil
                    shard.turns.catchUp()
                    conclude($0, headers, endpoint, context)
                }
            )
        }
    }

    private func turnAway(_ reply: HTTPReply, for reason: HandshakeRefusal, _ context: ChannelHandlerContext) {
        shard.counters.refusals.add(reason)
        answer(reply, context)
    }

    private var isGoingAway: Bool { shard.node.isDraining.load(ordering: .relaxed) }

    /// Nobody waits any more for what is being asked.
    private func giveUp(for reason: HandshakeRefusal) {
        guard let asking else { return }
        asking.cancel()
        self.asking = nil
        dismiss(for: reason)
    }

    private func dismiss(for reason: HandshakeRefusal) {
        shard.node.dismiss()
        shard.counters.refusals.add(reason)
    }

    private func conclude(
        _ outcome: Result<Admitted, HTTPReply>,
        _ headers: HTTPHeaders,
        _ endpoint: WebSocketPaths.Endpoint,
        _ context: ChannelHandlerContext
    ) {
        switch outcome {
        case .success(let admitted) where !isGoingAway: accept(admitted, headers, endpoint, context)
        case .success(let admitted):
            admitted.free()
            shard.node.dismiss()
            turnAway(.goingAway, for: .draining, context)
        case .failure(let reply):
            tellOfRefusal(reply)
            shard.node.dismiss()
            answer(reply, context)
        }
    }

    private func tellOfRefusal(_ reply: HTTPReply) {
        let fields = ConnectionFields(number: arrival.number, address: client)
        shard.hub.logger.log(.info, key: "admission", "refused a client", metadata: fields.with(reply.logged))
    }

    /// Answers 101. The client's own handler comes when the socket has taken all of it: that one writes past the channel, and
    /// must not overtake what waits there.
    private func accept(
        _ admitted: Admitted,
        _ headers: HTTPHeaders,
        _ endpoint: WebSocketPaths.Endpoint,
        _ context: ChannelHandlerContext
    ) {
        var headers = headers
        if let selected = admitted.subprotocol { headers.add(name: "Sec-WebSocket-Protocol", value: selected) }
        let reply = HTTPReply(.switchingProtocols, body: ByteBuffer(), headers: headers.map { ($0.name, $0.value) })
        let decided = context.eventLoop.now
        context.writeAndFlush(wrapOutboundOut(reply)).assumeIsolated().whenComplete { [self] outcome in
            let time = context.eventLoop.now - decided
            if let reason = HandshakeRefusal(behindAnswer: outcome, isGoingAway: isGoingAway, after: time) {
                admitted.free()
                dismiss(for: reason)
                return context.close(promise: nil)
            }
            turnOver(admitted, to: endpoint, context)
        }
    }

    /// Swaps the HTTP handlers for the client's only handler.
    private func turnOver(
        _ admitted: Admitted,
        to endpoint: WebSocketPaths.Endpoint,
        _ context: ChannelHandlerContext
    ) {
        let now = context.eventLoop.now
        shard.counters.handshakes.record(Int(max(0, (now - acceptedAt).nanoseconds)))
        let connection = ClientConnection(
            shard: shard,
            admitted: admitted,
            number: arrival.number,
            address: client,
            mode: endpoint.isEcho ? .echo : .client,
            greeting: endpoint.greeting,
            at: now
        )
        let pipeline = context.pipeline.syncOperations
        var isAdded = false
        do {
            try HTTPServerPipeline.stopAnswering(in: pipeline)
            pipeline.removeHandler(pages, promise: nil)
            try pipeline.addHandler(connection, position: .after(self))
            isAdded = true
            pipeline.removeHandler(context: context, promise: nil)
            // It does so in a later turn of the loop, behind the read that would have flushed the answers to what it brings.
            try HTTPServerPipeline.stopReading(in: pipeline).whenComplete { _ in connection.flushNow() }
            // For who looks for one client. A crowd comes back by the hundred thousand, so that it is for debugging, and counted
            // always (`connectionsEver`).
            shard.hub.logger.log(.debug, key: "accepted", "let in a client", metadata: connection.logged())
        } catch {
            // The channel was closed underneath: whoever was added has been told, and gives back what it has.
            if !isAdded {
                admitted.free()
                dismiss(for: .abandoned)
            }
            context.close(promise: nil)
        }
    }
}
