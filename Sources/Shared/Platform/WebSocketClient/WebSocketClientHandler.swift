import NIOCore
import NIOWebSocket

/// Puts the frames of a client connection together into messages, answers pings and closes, and tells its delegate.
/// Lives on its channel's loop. Bounded by `maximumMessageBytes`: what is longer is thrown away as it comes but for its
/// beginning, and counted.
final class WebSocketClientHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private static let maximumBeginning = 512

    private let delegate: any WebSocketClientDelegate
    private let maximumMessageBytes: Int
    private var fragments: ByteBuffer?
    private var fragmentBytes = 0
    private var closeReason: String?
    private var closeCode: UInt16?
    private var isOpen = false

    init(delegate: any WebSocketClientDelegate, maximumMessageBytes: Int) {
        self.delegate = delegate
        self.maximumMessageBytes = maximumMessageBytes
    }

    /// A client masks what it sends (RFC 6455, 5.3).
    static func frame(_ opcode: WebSocketOpcode, _ data: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
    }

    /// The upgrade is complete: what the delegate sends from now on goes out.
    func open(_ channel: any Channel) throws {
        guard channel.isActive else { throw ChannelError.eof }
        isOpen = true
        delegate.opened(WebSocketConnection(channel: channel))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text, .binary:
            if frame.fin { return deliver(frame.unmaskedData, bytes: frame.unmaskedData.readableBytes) }
            fragments = ByteBuffer()
            fragmentBytes = 0
            append(frame.unmaskedData)
        case .continuation:
            append(frame.unmaskedData)
            guard frame.fin, let message = fragments else { return }
            fragments = nil
            deliver(message, bytes: fragmentBytes)
        case .ping:
            context.writeAndFlush(wrapOutboundOut(Self.frame(.pong, frame.unmaskedData)), promise: nil)
        case .connectionClose:
            var data = frame.unmaskedData
            let code: UInt16? = data.readInteger()
            let words = data.readString(length: data.readableBytes) ?? ""
            closeCode = code
            closeReason =
                "closed by the server: \(code.map(String.init) ?? "no code")\(words.isEmpty ? "" : " \(words)")"
            var answer = ByteBuffer()
            if let code { answer.writeInteger(code) }
            context.writeAndFlush(wrapOutboundOut(Self.frame(.connectionClose, answer)), promise: nil)
            context.close(promise: nil)
        default: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        delegate.readCompleted()
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        closeReason = closeReason ?? "\(error)"
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard isOpen else { return }
        isOpen = false
        delegate.closed(code: closeCode, reason: closeReason ?? "the connection broke without a close frame")
    }

    private func append(_ data: ByteBuffer) {
        fragmentBytes += data.readableBytes
        if fragmentBytes <= maximumMessageBytes {
            fragments?.writeImmutableBuffer(data)
        } else if let fragments {
            let whole = Self.beginning(of: fragments)
            self.fragments = whole
            let room = Self.maximumBeginning - whole.readableBytes
            if room > 0 { self.fragments?.writeBytes(data.readableBytesView.prefix(room)) }
        }
    }

    /// A copy, so that the rest is freed.
    private static func beginning(of message: ByteBuffer) -> ByteBuffer {
        ByteBuffer(bytes: message.readableBytesView.prefix(maximumBeginning))
    }

    private func deliver(_ message: ByteBuffer, bytes: Int) {
        guard bytes > maximumMessageBytes else { return delegate.received(message) }
        delegate.receivedOversized(Self.beginning(of: message), bytes: bytes)
    }
}
