import NIOCore

/// Lets a connection read so many bytes a second, in small even pieces and without a pause: as a client on a thin link.
/// First in its pipeline, in front of TLS too. Lives on its connection's loop; holds nothing but a moment.
final class PacedReads: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What was not read for longer is not made up for.
    private static let longestDebt: TimeAmount = .milliseconds(200)

    private let bytesPerSecond: Int
    /// When the next piece may be read.
    private var next: NIODeadline?
    private var isScheduled = false

    init(bytesPerSecond: Int) {
        self.bytesPerSecond = bytesPerSecond
    }

    /// What is read at a time: fifty pieces a second.
    static func pieceBytes(bytesPerSecond: Int) -> Int { max(1, bytesPerSecond / 50) }

    func read(context: ChannelHandlerContext) {
        guard let next, next > context.eventLoop.now else { return context.read() }
        guard !isScheduled else { return }
        isScheduled = true
        context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { [self] in
            isScheduled = false
            context.read()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = context.eventLoop.now
        let from = max(next ?? now, now - Self.longestDebt)
        let bytes = Int64(unwrapInboundIn(data).readableBytes)
        next = from + .nanoseconds(bytes * 1_000_000_000 / Int64(bytesPerSecond))
        context.fireChannelRead(data)
    }
}

@available(*, unavailable)
extension PacedReads: Sendable {}
