import Core
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Answers plain HTTP on the simulator's port: faults, statistics, and 404 for what isn't there. One answer a
/// connection; a request's body is read past and not kept. Lives on the simulator's loop.
final class ControlHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let core: SimulatorCore
    private var route: ControlRoute?

    init(core: SimulatorCore) {
        self.core = core
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            route = ControlRoute(method: head.method, uri: head.uri)
        case .body:
            break
        case .end:
            guard let route else { return }
            self.route = nil
            answer(route, context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A refused upgrade: the request itself follows and gets its answer.
        guard !(error is NIOWebSocketUpgradeError) else { return }
        context.close(promise: nil)
    }

    private func answer(_ route: ControlRoute, context: ChannelHandlerContext) {
        switch route {
        case .describe:
            respond(.ok, Self.description, context: context)
        case .statistics:
            respond(.ok, core.statistics().json, context: context)
        case .instruments(let query):
            respond(.ok, query.answer(of: core.feed.listing, at: Clock.milliseconds()), context: context)
        case .fault(let fault):
            if core.inject(fault) {
                respond(.ok, JSONWriter.object { $0.bool("ok", true) }, context: context)
            } else {
                respond(.notFound, Self.failure("there is nothing here that it could be done to"), context: context)
            }
        case .upgradeRequired where core.lasting.refusesUpgrades(at: .now()):
            respond(
                .tooManyRequests,
                Self.failure("too many requests"),
                headers: core.lasting.retryAfter.map { [("Retry-After", $0)] } ?? [],
                context: context
            )
        case .upgradeRequired:
            respond(.upgradeRequired, Self.failure("connect with a WebSocket"), context: context)
        case .methodNotAllowed(let allowed):
            respond(.methodNotAllowed, Self.failure("use \(allowed)"), headers: [("Allow", allowed)], context: context)
        case .badRequest(let reason):
            respond(.badRequest, Self.failure(reason), context: context)
        case .notFound:
            respond(.notFound, Self.failure("not found: try \(ControlRoute.webSocketPath)"), context: context)
        }
    }

    private func respond(
        _ status: HTTPResponseStatus,
        _ json: ByteBuffer,
        headers more: [(String, String)] = [],
        context: ChannelHandlerContext
    ) {
        var body = json
        body.writeString("\n")
        var headers = HTTPHeaders([
            ("Content-Type", "application/json"),
            ("Content-Length", String(body.readableBytes)),
            ("Connection", "close"),
        ])
        headers.add(contentsOf: more)
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            channel.close(mode: .all, promise: nil)
        }
    }

    private static func failure(_ reason: String) -> ByteBuffer {
        JSONWriter.object {
            $0.bool("ok", false)
            $0.string("error", reason)
        }
    }

    private static let description = JSONWriter.object {
        $0.string("name", "Bybit V5 simulator")
        $0.string("websocket", ControlRoute.webSocketPath)
        $0.strings("get", ["/", "/stats", "\(InstrumentsQuery.path)?category=linear&status=S"])
        $0.strings(
            "post",
            [
                "/faults/drop?topic=T", "/faults/stall?seconds=S", "/faults/garbage", "/faults/oversized?bytes=N",
                "/faults/restart-book?symbol=S", "/faults/refuse-subscriptions?seconds=S",
                "/faults/refuse-upgrades?seconds=S&retry-after=N", "/faults/delay?milliseconds=N",
                "/faults/list?symbol=S&status=PreLaunch|Trading|Settling|Delivering|Closed",
            ]
        )
    }
}
