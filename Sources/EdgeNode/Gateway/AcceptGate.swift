import Glibc
import Logging
import NIOCore
import Platform

/// Stands before the acceptor of the listening port, on its loop: counts the sockets, and lets no more be accepted while
/// there are as many as the process has descriptors for, or while the system has none.
///
/// After an error that may pass, such as EMFILE, NIO goes on accepting at once, and as the kernel still has somebody
/// waiting that is a loop at full speed. It does so even where the handlers hold the read back, as `AcceptBackoffHandler`
/// does: what was asked for before the error still counts as asked for. So automatic reading is switched off for `rest`,
/// which takes the port out of the selector. Those that wait meanwhile are kept by the kernel, up to the backlog. The
/// listener is never closed.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    static let rest: TimeAmount = .milliseconds(100)

    private let node: NodeState
    private let logger: RateLimitedLogger
    /// Connects that are accepted in one turn of the loop at most.
    private let batch: Int
    private var acceptedPerRead: Int
    private var isResting = false

    init(node: NodeState, batch: Int, logger: RateLimitedLogger) {
        self.node = node
        self.batch = batch
        self.acceptedPerRead = batch
        self.logger = logger
    }

    func read(context: ChannelHandlerContext) {
        guard !isResting, makeRoom(context) else { return }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        node.sockets.add()
        unwrapInboundIn(data).closeFuture.whenComplete { [node] _ in node.sockets.add(-1) }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Others are about one connection: the next one can be had.
        if let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) {
            takeRest(context, because: "\(error)")
        }
        context.fireErrorCaught(error)
    }

    /// Whether there is a place for another one. So that one turn does not take more than there are, it is told how many.
    private func makeRoom(_ context: ChannelHandlerContext) -> Bool {
        let free = node.freeSockets
        guard free > 0 else {
            takeRest(context, because: "as many connections as this process has descriptors for")
            return false
        }
        let count = min(batch, free)
        guard count != acceptedPerRead else { return true }
        acceptedPerRead = count
        try? context.channel.syncOptions?.setOption(.maxMessagesPerRead, value: UInt(count))
        return true
    }

    private func takeRest(_ context: ChannelHandlerContext, because reason: String) {
        logger.log(.warning, key: "accept", "not accepting connections for a moment", metadata: ["reason": "\(reason)"])
        guard !isResting else { return }
        isResting = true
        setReading(false, context)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.rest) { [self] in
            isResting = false
            if makeRoom(context) { setReading(true, context) }
        }
    }

    /// Fails where the listener has been closed meanwhile.
    private func setReading(_ isOn: Bool, _ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }
}

@available(*, unavailable)
extension AcceptGate: Sendable {}
