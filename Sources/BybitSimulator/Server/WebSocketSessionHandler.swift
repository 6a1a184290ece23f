import Logging
import NIOCore
import NIOWebSocket

/// The last handler of a client's pipeline: passes whole messages to the core. Lives on the channel's loop, which is
/// the simulator's.
final class WebSocketSessionHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    /// A client's message may be this long; more closes its connection.
    static let maximumMessage = 1_024 * 1_024

    private let core: SimulatorCore
    private var session: ClientSession?

    init(core: SimulatorCore) {
        self.core = core
    }

    func handlerAdded(context: ChannelHandlerContext) {
        session = core.open(context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let session else { return }
        core.handle(unwrapInboundIn(data), from: session)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        core.logger.debug("closing a client's connection", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    private func end() {
        guard let session else { return }
        self.session = nil
        core.close(session)
    }
}
