import NIOCore

/// Answers the server's pings, and notes its errors. Lives on the connection's loop.
final class NATSAnswers: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let state: NATSState
    private var input = ByteBuffer()

    init(_ state: NATSState) {
        self.state = state
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        input.writeImmutableBuffer(unwrapInboundIn(data))
        while input.readableBytes > 0 {
            let length: Int
            switch input.withUnsafeReadableBytes(NATSText.next) {
            case .incomplete: return
            case .info(let bytes), .okay(let bytes), .message(_, let bytes): length = bytes
            case .ping(let bytes):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "PONG\r\n")), promise: nil)
                length = bytes
            case .pong(let bytes):
                state.ready()
                length = bytes
            case .error(let words, let bytes):
                state.fail(words)
                length = bytes
            case .broken:
                state.fail("the server sent what is not NATS")
                return context.close(promise: nil)
            }
            input.moveReaderIndex(forwardBy: length)
        }
        input.clear()
    }

    func channelInactive(context: ChannelHandlerContext) { state.fail("the server closed the publisher's connection") }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        state.fail("the publisher's connection broke: \(ErrorWords.of(error))")
        context.close(promise: nil)
    }
}
