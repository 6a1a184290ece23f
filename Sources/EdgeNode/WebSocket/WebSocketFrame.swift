import NIOCore

/// Writes the frames of a server (RFC 6455, section 5.2): not masked (section 5.1), and always whole, since a server
/// that has a message has all of it, and nothing here gains from fragments.
package enum WebSocketFrame {
    /// The bytes of the header of a frame with this payload: 2, 4 or 10, the fewest that hold the length.
    package static func headerLength(forPayload length: Int) -> Int {
        switch length {
        case ...125: 2
        case ...0xFFFF: 4
        default: 10
        }
    }

    /// Writes a header; the caller writes the payload after it. For frames whose payload is written in place, or is
    /// shared by many connections.
    package static func writeHeader(opcode: WebSocketOpcode, payloadLength: Int, into buffer: inout ByteBuffer) {
        let length = setHeader(opcode: opcode, payloadLength: payloadLength, in: &buffer, at: buffer.writerIndex)
        buffer.moveWriterIndex(forwardBy: length)
    }

    /// Puts a header where there is room for it, and answers its length.
    @discardableResult
    package static func setHeader(
        opcode: WebSocketOpcode,
        payloadLength: Int,
        in buffer: inout ByteBuffer,
        at index: Int
    ) -> Int {
        let first = UInt16(0x80 | opcode.rawValue) << 8
        switch headerLength(forPayload: payloadLength) {
        case 2: return buffer.setInteger(first | UInt16(payloadLength), at: index)
        case 4: return buffer.setInteger(UInt32(first | 126) << 16 | UInt32(payloadLength), at: index)
        default:
            buffer.setInteger(first | 127, at: index)
            return 2 + buffer.setInteger(UInt64(payloadLength), at: index + 2)
        }
    }

    package static func text(_ string: String, allocator: ByteBufferAllocator = .init()) -> ByteBuffer {
        var buffer = start(.text, payloadLength: string.utf8.count, allocator: allocator)
        buffer.writeString(string)
        return buffer
    }

    package static func binary(_ payload: ByteBuffer, allocator: ByteBufferAllocator = .init()) -> ByteBuffer {
        var buffer = start(.binary, payloadLength: payload.readableBytes, allocator: allocator)
        buffer.writeImmutableBuffer(payload)
        return buffer
    }

    /// - Parameter payload: Of which a control frame holds 125 bytes (section 5.5): the rest is left out.
    package static func ping(_ payload: ByteBuffer, allocator: ByteBufferAllocator = .init()) -> ByteBuffer {
        control(.ping, payload, allocator: allocator)
    }

    /// - Parameter payload: That of the ping which this answers, which can't be over 125 bytes: more is left out.
    package static func pong(_ payload: ByteBuffer, allocator: ByteBufferAllocator = .init()) -> ByteBuffer {
        control(.pong, payload, allocator: allocator)
    }

    /// A close frame.
    ///
    /// - Parameters:
    ///   - code: Without one, or with one that may not be sent (1005, say), the body is empty, as section 7.1.5 has it
    ///     for "no status".
    ///   - reason: Cut between scalars to the 123 bytes that there is room for.
    package static func close(
        _ code: CloseCode?,
        reason: String = "",
        allocator: ByteBufferAllocator = .init()
    ) -> ByteBuffer {
        guard let code, code.isValidOnTheWire else {
            return start(.close, payloadLength: 0, allocator: allocator)
        }
        let reason = prefix(of: reason.utf8, fitting: WebSocketFrameHeader.maxControlPayload - 2)
        var buffer = start(.close, payloadLength: 2 + reason.count, allocator: allocator)
        buffer.writeInteger(code.rawValue)
        buffer.writeBytes(reason)
        return buffer
    }

    private static func control(
        _ opcode: WebSocketOpcode,
        _ payload: ByteBuffer,
        allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        let bytes = payload.readableBytesView.prefix(WebSocketFrameHeader.maxControlPayload)
        var buffer = start(opcode, payloadLength: bytes.count, allocator: allocator)
        buffer.writeBytes(bytes)
        return buffer
    }

    /// A buffer with the header in it and room for the payload: one allocation for the frame.
    private static func start(
        _ opcode: WebSocketOpcode,
        payloadLength: Int,
        allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: headerLength(forPayload: payloadLength) + payloadLength)
        writeHeader(opcode: opcode, payloadLength: payloadLength, into: &buffer)
        return buffer
    }

    /// The longest beginning of `utf8` that has at most `limit` bytes and doesn't end within a scalar.
    private static func prefix(of utf8: String.UTF8View, fitting limit: Int) -> Substring.UTF8View {
        guard utf8.count > limit else { return utf8[...] }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        // A continuation byte after the cut would mean that the scalar before it is cut.
        while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 {
            end = utf8.index(before: end)
        }
        return utf8[..<end]
    }
}
