import NIOCore
import NIOEmbedded

/// A socket that does something when it is asked to flush for the first time: dies, for example.
final class FlushHook: ChannelOutboundHandler, @unchecked Sendable {
    // Made by the test, then touched on the loop only.
    typealias OutboundIn = ByteBuffer

    private let isFullAfterOne: Bool
    private let action: () -> Void
    private(set) var hasFired = false

    /// - Parameter isFullAfterOne: Whether it takes nothing more as soon as something was written to it.
    init(isFullAfterOne: Bool = false, _ action: @escaping () -> Void) {
        self.isFullAfterOne = isFullAfterOne
        self.action = action
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isFullAfterOne { (context.channel as? NIOAsyncTestingChannel)?.isWritable = false }
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        guard !hasFired else { return }
        hasFired = true
        action()
    }
}
