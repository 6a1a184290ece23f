import NIOCore
import NIOEmbedded

/// A socket that does something when it is asked to flush for the first time: dies, for example.
final class FlushHook: ChannelOutboundHandler, @unchecked Sendable {
    // Made by the test, then touched on the loop only.
    typealias OutboundIn = ByteBuffer

    private let action: () -> Void
    private(set) var hasFired = false

    init(_ action: @escaping () -> Void) {
        self.action = action
    }

    func flush(context: ChannelHandlerContext) {
        guard !hasFired else { return }
        hasFired = true
        action()
    }
}
