import NIOCore

/// The receiving half of a server's WebSocket connection (RFC 6455): bytes of a client in, messages out.
///
/// A value without a channel, a clock or a lock: whoever reads the socket owns it, and drives it on one thread.
///
/// It owns the message that is arriving, and nothing else. What bounds it:
/// - Between messages it holds no buffer, and `input`, once `next` has returned nil, is empty or holds the beginning of
///   a header or of a control frame, which is at most 130 bytes. The owner of `input` can then let its storage go.
/// - Within a message it holds less than twice the bytes that have arrived, and those are at most `maxMessageBytes`: a
///   frame that would go over is refused by its header. The number of fragments, which isn't bounded, costs no memory.
/// - It bounds no time and no rate: idle timeouts and floods of pings are for its owner.
package struct WebSocketReceiver: Sendable {
    package enum Event: Equatable, Sendable {
        /// A whole text message, which is UTF-8.
        case text(ByteBuffer)
        case binary(ByteBuffer)
        /// To be answered with a pong of the same payload (section 5.5.2), of at most 125 bytes.
        case ping(ByteBuffer)
        /// Answers a ping, or comes unasked, which is allowed (section 5.5.3).
        case pong(ByteBuffer)
        /// The client closes; without a code if it gave none. To be answered with a close frame (section 5.5.1).
        case close(CloseCode?, reason: String)
        /// The client broke a rule or a bound: send a close frame with this code, and drop the connection (7.1.7).
        case failure(CloseCode, reason: String)
    }

    /// The bound that `maxMessageBytes` itself is kept under: a ByteBuffer counts in 32 bits, and grows by doubling.
    package static let largestMaxMessageBytes = 1 << 30

    /// The data frame that is arriving, after its header.
    private struct Frame {
        var remaining: UInt32
        var mask: WebSocketMask
        let isFinal: Bool
    }

    private let maxMessageBytes: UInt32
    private var isFinished = false
    private var frame: Frame?
    private var message: IncomingMessage?

    /// - Parameter maxMessageBytes: The longest message to take, over all of its fragments.
    package init(maxMessageBytes: Int) {
        self.maxMessageBytes = UInt32(min(max(maxMessageBytes, 0), Self.largestMaxMessageBytes))
    }

    /// The memory held for a message that is still arriving: 0 between messages.
    package var heldBytes: Int { message?.bytes.capacity ?? 0 }

    /// Takes what has arrived from the front of `input`, up to the end of one event.
    ///
    /// Payload of data frames is taken, unmasked and checked as it arrives; headers and control frames, which are
    /// small, are left in `input` until they are whole. Each message gets storage of its own, which a message that is
    /// there whole gets in one allocation and one pass: it keeps nothing of `input` alive.
    ///
    /// - Returns: nil if more bytes are needed. After `.close` or `.failure` nothing more is read: always nil.
    package mutating func next(from input: inout ByteBuffer) -> Event? {
        guard !isFinished else { return nil }
        let event: Event?
        do {
            event = try advance(&input)
        } catch {
            event = .failure(error.code, reason: error.reason)
        }
        switch event {
        case .close, .failure:
            isFinished = true
            frame = nil
            message = nil
        case .text, .binary, .ping, .pong, nil:
            break
        }
        return event
    }

    private mutating func advance(_ input: inout ByteBuffer) throws(WebSocketViolation) -> Event? {
        while true {
            if frame != nil {
                guard try takePayload(from: &input) else { return nil }
                guard let event = try endFrame() else { continue }
                return event
            }
            guard let header = try WebSocketFrameHeader.peek(input, in: context) else { return nil }
            if header.opcode.isControl {
                return try takeControlFrame(header, from: &input)
            }
            input.moveReaderIndex(forwardBy: header.byteCount)
            if message == nil {
                message = IncomingMessage(isText: header.opcode == .text)
            }
            // In range: `peek` checked the length against the bound.
            frame = Frame(remaining: UInt32(header.payloadLength), mask: header.mask, isFinal: header.isFinal)
        }
    }

    private var context: WebSocketFrameHeader.Context {
        WebSocketFrameHeader.Context(
            isInMessage: message != nil,
            remainingMessageBytes: Int(maxMessageBytes) - (message?.bytes.readableBytes ?? 0)
        )
    }

    /// Takes what there is of the frame's payload. Returns whether that was all of it.
    private mutating func takePayload(from input: inout ByteBuffer) throws(WebSocketViolation) -> Bool {
        guard var frame = self.frame else { return false }
        let count = min(Int(frame.remaining), input.readableBytes)
        try message?.append(count, from: &input, mask: &frame.mask)
        frame.remaining -= UInt32(count)
        self.frame = frame
        return frame.remaining == 0
    }

    /// Ends the data frame. Returns the message, if this was its last frame.
    private mutating func endFrame() throws(WebSocketViolation) -> Event? {
        let isFinal = frame?.isFinal ?? false
        frame = nil
        guard isFinal else { return nil }
        let event = try message?.finished()
        message = nil
        return event
    }

    /// A control frame, which may come between the fragments of a message (section 5.4) and leaves that as it is.
    private func takeControlFrame(
        _ header: WebSocketFrameHeader,
        from input: inout ByteBuffer
    ) throws(WebSocketViolation) -> Event? {
        guard input.readableBytes >= header.byteCount + header.payloadLength else { return nil }
        input.moveReaderIndex(forwardBy: header.byteCount)
        var payload = ByteBuffer()
        var mask = header.mask
        mask.move(header.payloadLength, from: &input, to: &payload)
        switch header.opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default: return try Self.close(payload)
        }
    }

    /// Section 5.5.1: the body is empty, or a code of two bytes and then a reason in UTF-8.
    private static func close(_ body: ByteBuffer) throws(WebSocketViolation) -> Event {
        var body = body
        guard body.readableBytes > 0 else { return .close(nil, reason: "") }
        guard let code = body.readInteger(as: UInt16.self).map(CloseCode.init(rawValue:)) else {
            throw .protocolError("close frame with half a code")
        }
        // Section 7.4.
        guard code.isValidOnTheWire else { throw .protocolError("close code may not be sent") }
        guard let reason = String(validating: body.readableBytesView, as: UTF8.self) else {
            throw WebSocketViolation(code: .invalidPayload, reason: "close reason is not UTF-8")
        }
        return .close(code, reason: reason)
    }
}
