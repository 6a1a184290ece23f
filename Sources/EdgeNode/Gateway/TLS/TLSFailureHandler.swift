import NIOCore
import NIOSSL

/// Stands behind TLS and tells when its handshake fails; leaves with the first bytes that come through. Lives on the connection's
/// loop.
///
/// Who leaves in the middle of it has not failed: so do load balancers that only look whether the port is open.
final class TLSFailureHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let failed: () -> Void

    init(failed: @escaping () -> Void) {
        self.failed = failed
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .handshakeFailed(let reason) = error as? NIOSSLError, reason != .sslError([.eofDuringHandshake]) {
            failed()
        }
        context.fireErrorCaught(error)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}

@available(*, unavailable)
extension TLSFailureHandler: Sendable {}
