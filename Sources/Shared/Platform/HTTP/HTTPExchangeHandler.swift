import NIOCore
import NIOHTTP1

/// HTTP of a server's connection: gives whoever stands behind it one whole request at a time, and takes the answer, now or
/// later. Lives on the connection's loop.
///
/// The next request is read when the answer to the one before has been taken by the socket: a client that does not read
/// gets nothing more done, and what waits for it is one answer. A connection that has not sent a request within `timeout`
/// and taken its answer, however slowly its bytes come, is closed. Where the request is whole and nobody has answered it by
/// then, it is answered with 503 first, and whoever was to answer is told so by `HTTPRequestAbandoned`; where none is whole, by
/// `HTTPRequestOverdue`.
///
/// The last answer of a connection closes its output first. A second later at the latest the socket is closed: at once, a
/// client that is still sending would lose the answer with the connection (RFC 9112, 9.6).
package final class HTTPExchangeHandler: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPServerRequestPart
    package typealias InboundOut = HTTPRequest
    package typealias OutboundIn = HTTPReply
    package typealias OutboundOut = HTTPServerResponsePart

    private static let lingering: TimeAmount = .seconds(1)

    private let intake: HTTPIntake
    private let timeout: TimeAmount
    private let wantedBody: (HTTPRequestHead) -> Int
    private let now: () -> Int64
    private var exchange = HTTPExchange()
    private var deadline: Scheduled<Void>?

    /// - Parameters:
    ///   - wantedBody: How many bytes of body are wanted of such a request.
    ///   - now: Seconds since 1970.
    init(
        intake: HTTPIntake,
        timeout: TimeAmount,
        wantedBody: @escaping (HTTPRequestHead) -> Int,
        now: @escaping () -> Int64
    ) {
        self.intake = intake
        self.timeout = timeout
        self.wantedBody = wantedBody
        self.now = now
    }

    package func handlerAdded(context: ChannelHandlerContext) { expireLater(context, after: timeout) }

    package func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    package func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        perform(exchange.take(unwrapInboundIn(data), wanted: wantedBody), context)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        perform(exchange.fail(error, isInTarget: intake.isInTarget), context)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let answer = exchange.answer(unwrapOutboundIn(data), at: now()) else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
        if let body = answer.body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        let written = promise ?? context.eventLoop.makePromise()
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        written.futureResult.assumeIsolated().whenComplete { [self] in follow($0, context) }
    }

    private func perform(_ action: HTTPExchange.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .encourage:
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        case .deliver(let request):
            intake.hold()
            context.fireChannelRead(wrapInboundOut(request))
        case .refuse(let reply):
            intake.hold()
            write(context: context, data: NIOAny(reply), promise: nil)
        }
    }

    private func follow(_ outcome: Result<Void, any Error>, _ context: ChannelHandlerContext) {
        guard case .success = outcome else { return context.close(promise: nil) }
        switch exchange.wasWritten() {
        case .nextRequest:
            expireLater(context, after: timeout)
            intake.release()
        case .close:
            intake.discard()
            expireLater(context, after: Self.lingering)
            context.close(mode: .output).assumeIsolated().whenFailure { _ in context.close(promise: nil) }
        case .upgraded: break
        }
    }

    private func expireLater(_ context: ChannelHandlerContext, after time: TimeAmount) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in expire(context) }
    }

    private func expire(_ context: ChannelHandlerContext) {
        guard let reply = exchange.giveUp() else {
            if exchange.awaitsRequest { context.fireUserInboundEventTriggered(HTTPRequestOverdue()) }
            return context.close(promise: nil)
        }
        expireLater(context, after: Self.lingering)
        context.fireUserInboundEventTriggered(HTTPRequestAbandoned())
        write(context: context, data: NIOAny(reply), promise: nil)
    }
}

@available(*, unavailable)
extension HTTPExchangeHandler: Sendable {}
