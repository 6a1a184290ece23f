import NIOCore

/// Stands behind the handlers of HTTP and lets the pages answer. Lives on the connection's loop.
///
/// Requests come one at a time, so that it has one answer to wait for at most; that is given up when the client leaves or
/// the time for the request is over.
package final class HTTPRouterHandler: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequest
    package typealias OutboundOut = HTTPReply

    private let router: HTTPRouter
    private var pending: ConnectionTask<HTTPReply>?

    package init(_ router: HTTPRouter) {
        self.router = router
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch router.answer(unwrapInboundIn(data)) {
        case .now(let reply): write(reply, context)
        case .later(let answer):
            pending = ConnectionTask(on: context.eventLoop, answer) { [self] reply in
                pending = nil
                write(reply, context)
            }
        }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is HTTPRequestAbandoned { giveUp() }
        context.fireUserInboundEventTriggered(event)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        giveUp()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) { giveUp() }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func write(_ reply: HTTPReply, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
    }

    private func giveUp() {
        pending?.cancel()
        pending = nil
    }
}

@available(*, unavailable)
extension HTTPRouterHandler: Sendable {}
