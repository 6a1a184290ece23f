import Core
import NIOCore

/// A client that comes back with a position and checks all that it gets: the WebSocket protocol done by hand, so that ten
/// thousand of them cost little beside the node that is measured. Lives on its channel's loop.
final class ResumeClient: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case upgrading
        case open
    }

    private static let headEnd = Array("\r\n\r\n".utf8)

    private let handshake: ByteBuffer
    private let stream: StreamName
    private let tally: ResumeTally
    private var follower: ResumeFollower
    private var state = State.upgrading
    private var input = ByteBuffer()

    /// - Parameter handshake: The request for the WebSocket.
    init(_ handshake: ByteBuffer, _ stream: StreamName, from position: Position, tally: ResumeTally) {
        self.handshake = handshake
        self.stream = stream
        self.tally = tally
        follower = ResumeFollower(position)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(handshake), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        if state == .upgrading { upgrade(context) }
        guard state == .open else { return }
        while let message = nextMessage() { take(message) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        tally.failed("a connection broke: \(error)")
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { tally.failed("the node closed a connection") }

    private func upgrade(_ context: ChannelHandlerContext) {
        guard let end = input.readableBytesView.firstRange(of: Self.headEnd) else { return }
        let head = input.readSlice(length: end.upperBound - input.readerIndex) ?? ByteBuffer()
        let isUpgraded = head.readableBytesView.starts(with: Array("HTTP/1.1 101 ".utf8))
        guard isUpgraded else { return tally.failed("instead of an upgrade: \(String(buffer: head).prefix(100))") }
        state = .open
        context.writeAndFlush(wrapOutboundOut(request()), promise: nil)
    }

    private func request() -> ByteBuffer {
        let position = follower.last
        let text =
            JSONWriter.object {
                $0.string("op", "resume")
                $0.strings("args", ["\(stream)"])
                $0.positions([("\(stream)", position)])
            }
        var frame = ByteBuffer()
        // A whole text message, masked, as a client's must be: under a mask of zeros it is what it is.
        frame.writeInteger(0x81, as: UInt8.self)
        if text.readableBytes < 126 {
            frame.writeInteger(0x80 | UInt8(text.readableBytes))
        } else {
            frame.writeInteger(0x80 | 126, as: UInt8.self)
            frame.writeInteger(UInt16(text.readableBytes))
        }
        frame.writeInteger(0, as: UInt32.self)
        frame.writeImmutableBuffer(text)
        return frame
    }

    /// The next whole frame's payload. The node sends each message in one frame, and its first ping comes late.
    private func nextMessage() -> ByteBuffer? {
        let start = input.readerIndex
        guard let short: UInt8 = input.getInteger(at: start + 1) else { return nil }
        var (header, length) = (2, Int(short))
        if short == 126 {
            guard let long: UInt16 = input.getInteger(at: start + 2) else { return nil }
            (header, length) = (4, Int(long))
        } else if short == 127 {
            guard let long: UInt64 = input.getInteger(at: start + 2) else { return nil }
            (header, length) = (10, Int(long))
        }
        guard input.readableBytes >= header + length else { return nil }
        input.moveReaderIndex(forwardBy: header)
        return input.readSlice(length: length)
    }

    private func take(_ message: ByteBuffer) {
        switch follower.take(message) {
        case .nothing: break
        case .resumed(let recovered): tally.answered(recovered: recovered)
        case .caughtUp: tally.caughtUp()
        case .live: tally.live()
        case .broken(let reason): tally.failed("\(stream): \(reason)")
        }
    }
}
