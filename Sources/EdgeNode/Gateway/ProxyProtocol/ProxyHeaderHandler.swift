import NIOCore

/// Stands first on a connection that begins with a header of the PROXY protocol, before TLS and HTTP: reads it, has the
/// handlers added that take the rest, and leaves. Lives on the connection's loop.
///
/// Whoever sends something else, or not all of it within `timeout`, is closed. Bound: what one read gives beyond the longest
/// header.
final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let timeout: TimeAmount
    private let refused: (ProxyHeader.Fault) -> Void
    private let overdue: () -> Void
    private let follow: (ProxyHeader, ChannelHandlerContext) throws -> Void
    private var received = ByteBuffer()
    private var deadline: Scheduled<Void>?

    /// - Parameters:
    ///   - refused: Told why the connection is closed.
    ///   - overdue: Told that it is closed since its time is over.
    ///   - follow: Adds the handlers that come behind; where it throws the connection is closed.
    init(
        timeout: TimeAmount,
        refused: @escaping (ProxyHeader.Fault) -> Void,
        overdue: @escaping () -> Void,
        follow: @escaping (ProxyHeader, ChannelHandlerContext) throws -> Void
    ) {
        self.timeout = timeout
        self.refused = refused
        self.overdue = overdue
        self.follow = follow
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { [self] in
            overdue()
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if received.readableBytes == 0 { received = bytes } else { received.writeBuffer(&bytes) }
        do throws(ProxyHeader.Fault) {
            guard let header = try ProxyHeader.read(from: &received) else { return }
            goOn(header, context)
        } catch {
            refused(error)
            context.close(promise: nil)
        }
    }

    private func goOn(_ header: ProxyHeader, _ context: ChannelHandlerContext) {
        let rest = received
        received = ByteBuffer()
        do {
            try follow(header, context)
        } catch {
            return context.close(promise: nil)
        }
        if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
        // What reads held back or asked for so far are those of the handlers behind.
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}

@available(*, unavailable)
extension ProxyHeaderHandler: Sendable {}
