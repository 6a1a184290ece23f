import NIOCore

/// The header of a frame that a client sent (RFC 6455, section 5.2), after its checks.
///
/// A plain value: two bytes, up to eight of extended length, and the masking key. What it lets through is bounded: a
/// control frame by 125 bytes, a data frame by what the message may still take.
package struct WebSocketFrameHeader: Sendable {
    /// What the header has to be checked against: the message that the frame would belong to.
    package struct Context: Sendable {
        /// Whether a fragmented message has begun and not ended.
        package var isInMessage: Bool
        /// What the message may still take, in bytes.
        package var remainingMessageBytes: Int

        package init(isInMessage: Bool, remainingMessageBytes: Int) {
            self.isInMessage = isInMessage
            self.remainingMessageBytes = remainingMessageBytes
        }
    }

    /// The longest payload of a control frame (section 5.5); also the longest length that the second byte can hold.
    package static let maxControlPayload = 125

    package let opcode: WebSocketOpcode
    package let isFinal: Bool
    package let payloadLength: Int
    package let mask: WebSocketMask
    /// The bytes that the header itself takes.
    package let byteCount: Int

    /// Reads the header at the front of `input`, without consuming it.
    ///
    /// Each rule is checked as soon as the bytes that it is about are there, in their order, so that the verdict is the
    /// same however the bytes were cut, and no later than it can be.
    ///
    /// - Returns: nil if the header isn't whole yet.
    package static func peek(
        _ input: ByteBuffer,
        in context: Context
    ) throws(WebSocketViolation) -> WebSocketFrameHeader? {
        let start = input.readerIndex
        guard let first: UInt8 = input.getInteger(at: start) else { return nil }
        let isFinal = first & 0x80 != 0
        let opcode = try checkFirst(first, isFinal: isFinal, in: context)

        guard let second: UInt8 = input.getInteger(at: start + 1) else { return nil }
        // Section 5.1: a server must close on a frame that isn't masked.
        guard second & 0x80 != 0 else { throw .protocolError("frame is not masked") }
        let shortLength = second & 0x7F
        // Section 5.5. This also rules out the extended lengths for control frames.
        guard !opcode.isControl || shortLength <= maxControlPayload else {
            throw .protocolError("control frame is longer than 125 bytes")
        }

        guard let (length, lengthBytes) = try peekLength(input, at: start + 2, short: shortLength) else { return nil }
        // Before the key is there, and long before any of the payload is: the header alone decides. The comparison is
        // made before the length becomes an Int, so it is also what makes the conversion safe.
        guard opcode.isControl || length <= UInt64(max(context.remainingMessageBytes, 0)) else {
            throw WebSocketViolation(code: .messageTooBig, reason: "message is larger than the limit")
        }

        let keyIndex = start + 2 + lengthBytes
        guard let key = input.getInteger(at: keyIndex, endianness: .little, as: UInt32.self) else { return nil }
        return WebSocketFrameHeader(
            opcode: opcode,
            isFinal: isFinal,
            payloadLength: Int(length),
            mask: WebSocketMask(littleEndianKey: key),
            byteCount: keyIndex + 4 - start
        )
    }

    /// The rules about the first byte.
    private static func checkFirst(
        _ byte: UInt8,
        isFinal: Bool,
        in context: Context
    ) throws(WebSocketViolation) -> WebSocketOpcode {
        // Section 5.2: the reserved bits are for extensions, and none is negotiated.
        guard byte & 0x70 == 0 else { throw .protocolError("reserved bit is set") }
        guard let opcode = WebSocketOpcode(rawValue: byte & 0x0F) else { throw .protocolError("reserved opcode") }
        // Sections 5.4 and 5.5.
        guard !opcode.isControl || isFinal else { throw .protocolError("control frame is fragmented") }
        // Section 5.4: fragments of one message may not mix with another message.
        switch opcode {
        case .continuation where !context.isInMessage:
            throw .protocolError("continuation without a message to continue")
        case .text where context.isInMessage, .binary where context.isInMessage:
            throw .protocolError("new message within a fragmented message")
        default:
            return opcode
        }
    }

    /// The length of the payload, and the bytes that it took beyond the second byte of the header; nil if they aren't
    /// all there. Section 5.2: the minimal number of bytes must be used, and the top bit of 64 must be 0.
    private static func peekLength(
        _ input: ByteBuffer,
        at index: Int,
        short: UInt8
    ) throws(WebSocketViolation) -> (length: UInt64, byteCount: Int)? {
        switch short {
        case 126:
            guard let length = input.getInteger(at: index, as: UInt16.self) else { return nil }
            guard length > maxControlPayload else { throw .protocolError("payload length is not minimal") }
            return (UInt64(length), 2)
        case 127:
            guard let length = input.getInteger(at: index, as: UInt64.self) else { return nil }
            guard length >> 63 == 0 else { throw .protocolError("payload length has its top bit set") }
            guard length > UInt16.max else { throw .protocolError("payload length is not minimal") }
            return (length, 8)
        default:
            return (UInt64(short), 0)
        }
    }
}
