import Core
import NIOCore

/// Text frames whose length is known only when they are written.
extension WebSocketFrame {
    /// Room for the longest header, in front of the payload.
    private static let headerRoom = 10

    /// Lets `write` write the payload, then puts the header right in front of it: one buffer, nothing moved.
    static func text(capacity: Int, _ write: (inout JSONWriter) -> Void) -> ByteBuffer {
        var json = JSONWriter(capacity: capacity, behind: headerRoom)
        write(&json)
        var buffer = json.finish()
        let length = buffer.readableBytes
        buffer.moveReaderIndex(to: headerRoom - headerLength(forPayload: length))
        setHeader(opcode: .text, payloadLength: length, in: &buffer, at: buffer.readerIndex)
        return buffer
    }

    static func text(_ payload: ByteBuffer) -> ByteBuffer {
        text(capacity: payload.readableBytes) { $0.raw(payload) }
    }
}
