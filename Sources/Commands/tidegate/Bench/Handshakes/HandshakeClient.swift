import NIOCore

/// A client that asks for a WebSocket, tells when it has it, and then stays and heeds nothing. Lives on its channel's loop.
final class HandshakeClient: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let headEnd = Array("\r\n\r\n".utf8)
    private static let upgraded = Array("HTTP/1.1 101 ".utf8)

    private let request: ByteBuffer
    private let tally: HandshakeTally
    private var head = ByteBuffer()
    private var isUpgraded = false

    init(_ request: ByteBuffer, _ tally: HandshakeTally) {
        self.request = request
        self.tally = tally
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isUpgraded else { return }
        var bytes = unwrapInboundIn(data)
        head.writeBuffer(&bytes)
        guard head.readableBytesView.firstRange(of: Self.headEnd) != nil else { return }
        guard head.readableBytesView.starts(with: Self.upgraded) else {
            return tally.failed("instead of an upgrade: \(String(buffer: head).prefix(200))")
        }
        isUpgraded = true
        head = ByteBuffer()
        tally.upgraded()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        tally.failed("a connection broke: \(error)")
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { tally.failed("the node closed a connection") }
}
