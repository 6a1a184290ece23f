import NIOCore

/// The frames that a client sends: whole messages, masked as a client's must be. Under a mask of zeros they are what
/// they are.
enum ClientFrame {
    static func text(_ text: String) -> ByteBuffer { self.text(ByteBuffer(string: text)) }

    static func text(_ text: ByteBuffer) -> ByteBuffer { frame(0x81, text) }

    static func binary(_ text: String) -> ByteBuffer { frame(0x82, ByteBuffer(string: text)) }

    static func ping(_ text: String) -> ByteBuffer { frame(0x89, ByteBuffer(string: text)) }

    static func pong(_ payload: UnsafeRawBufferPointer) -> ByteBuffer { frame(0x8A, ByteBuffer(bytes: payload)) }

    /// With the code 1000: the client leaves of its own accord.
    static let goodbye = frame(0x88, ByteBuffer(integer: 1000 as UInt16))

    /// A continuation of a message that has begun (opcode 0); the last one where `isFinal`.
    static func continuation(_ text: String, isFinal: Bool) -> ByteBuffer {
        frame(isFinal ? 0x80 : 0x00, ByteBuffer(string: text))
    }

    /// What no client may send, or what begins a message of several frames: `first` is the first byte, with `FIN` and the
    /// opcode.
    static func frame(_ first: UInt8, _ text: String) -> ByteBuffer { frame(first, ByteBuffer(string: text)) }

    /// The beginning of a text message of `length` bytes, from 126 to 65,535, whose payload is to follow.
    static func head(ofText length: UInt16) -> ByteBuffer {
        var head = ByteBuffer()
        head.writeMultipleIntegers(0x81 as UInt8, 0x80 | 126 as UInt8, length, 0 as UInt32)
        return head
    }

    private static func frame(_ first: UInt8, _ payload: ByteBuffer) -> ByteBuffer {
        let length = payload.readableBytes
        var frame = ByteBufferAllocator().buffer(capacity: length + 14)
        frame.writeInteger(first)
        if length < 126 {
            frame.writeInteger(0x80 | UInt8(length))
        } else if length <= 0xFFFF {
            frame.writeMultipleIntegers(0x80 | 126 as UInt8, UInt16(length))
        } else {
            frame.writeMultipleIntegers(0x80 | 127 as UInt8, UInt64(length))
        }
        frame.writeInteger(0, as: UInt32.self)
        frame.writeImmutableBuffer(payload)
        return frame
    }
}
