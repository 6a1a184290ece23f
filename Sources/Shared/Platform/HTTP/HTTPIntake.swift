import NIOCore

/// Stands before the HTTP decoder of a connection and gives it one line at a time, until a request is whole: what the
/// client has sent beyond waits here as it came, and nothing more is read from the socket before the answer is out.
///
/// The decoder takes all that it is given, so it must not be given more: of 16 KB in one TLS record, of which it makes a
/// thousand requests, each a hundred times as large. A request ends with a line or in the middle of one, never in the next:
/// two can't end in the same piece.
///
/// Lives on the connection's loop, and leaves after an upgrade, handing on what it holds. Bound: `maximumBytes`. What is
/// read at once is less; more comes only when the peer has closed its side, for then NIO reads to the end unasked. The
/// connection, which is at its end anyway, is closed at once.
final class HTTPIntake: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = Never

    /// Two TLS records.
    static let maximumBytes = 32_768

    private enum State {
        case passing
        /// A request is being answered.
        case holding
        /// The connection ends: what still comes is read and thrown away.
        case discarding
    }

    private var state = State.passing
    private var held = ByteBuffer()
    private var firstLine = FirstLine()
    private var isFeeding = false
    private var isReadHeld = false
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Whether the first line of a request, with its target, is not over yet.
    var isInTarget: Bool { !firstLine.isOver }

    /// A request is whole.
    func hold() {
        if state == .passing { state = .holding }
    }

    /// Its answer is out.
    func release() {
        guard state == .holding else { return }
        state = .passing
        firstLine = FirstLine()
        // Else the line is still being looked at that brought the request.
        guard !isFeeding, let context else { return }
        if held.readableBytes > 0 {
            feed(context)
            context.fireChannelReadComplete()
        }
        readAgain(context)
    }

    /// Nothing that comes counts any more.
    func discard() {
        state = .discarding
        held = ByteBuffer()
        if let context { readAgain(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state != .discarding else { return }
        var bytes = unwrapInboundIn(data)
        guard held.readableBytes + bytes.readableBytes <= Self.maximumBytes else {
            discard()
            return context.close(promise: nil)
        }
        if held.readableBytes == 0 { held = bytes } else { held.writeBuffer(&bytes) }
        feed(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        held = ByteBuffer()
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        if canRead { context.read() } else { isReadHeld = true }
    }

    /// After an upgrade: what came with the request belongs to the other protocol.
    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        state = .passing
        if held.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(held))
            context.fireChannelReadComplete()
            held = ByteBuffer()
        }
        readAgain(context)
        context.leavePipeline(removalToken: removalToken)
    }

    private var canRead: Bool { state == .discarding || state == .passing && held.readableBytes == 0 }

    private func readAgain(_ context: ChannelHandlerContext) {
        guard isReadHeld, canRead else { return }
        isReadHeld = false
        context.read()
    }

    private func feed(_ context: ChannelHandlerContext) {
        guard !isFeeding else { return }
        isFeeding = true
        while state == .passing, let line = nextLine() {
            firstLine.begin(line)
            context.fireChannelRead(wrapInboundOut(line))
            firstLine.end(line)
        }
        isFeeding = false
    }

    /// Up to the next line feed, or all.
    private func nextLine() -> ByteBuffer? {
        let bytes = held.readableBytesView
        let end = bytes.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.endIndex
        guard end < bytes.endIndex else {
            defer { held = ByteBuffer() }
            return held.readableBytes > 0 ? held : nil
        }
        return held.readSlice(length: end - bytes.startIndex)
    }
}

/// Whether the line with the method and the target has been passed on. Pure.
private struct FirstLine {
    private var hasBegun = false
    private(set) var isOver = false

    /// Empty lines may stand before it (RFC 9112, 2.2).
    mutating func begin(_ piece: ByteBuffer) {
        guard !hasBegun else { return }
        hasBegun = piece.readableBytesView.contains { $0 != 0x0A && $0 != 0x0D }
    }

    /// Behind what the decoder says to it: where that ends a request, this is the next one's, which has not begun.
    mutating func end(_ piece: ByteBuffer) {
        if hasBegun, piece.readableBytesView.last == 0x0A { isOver = true }
    }
}

@available(*, unavailable)
extension HTTPIntake: Sendable {}
