import NIOCore

/// The frames of a WebSocket server (RFC 6455, section 5.2), found in place in what was read. Pure.
package enum FrameParser {
    /// Nobody here is sent more: what claims to be longer is garbage.
    static let maximumLength = 64 << 20

    package enum Step: Equatable {
        /// `payload` and `end` as offsets into the bytes.
        case frame(opcode: UInt8, isFinal: Bool, payload: Int, end: Int)
        /// The frame is not whole yet.
        case incomplete
        /// Masked, with reserved bits or with a length that makes no sense.
        case broken
    }

    @inline(__always)
    package static func next(_ bytes: UnsafeRawBufferPointer, from offset: Int) -> Step {
        let available = bytes.count - offset
        guard available >= 2 else { return .incomplete }
        let (first, second) = (bytes[offset], bytes[offset + 1])
        guard first & 0x70 == 0, second & 0x80 == 0 else { return .broken }
        var length = Int(second)
        var header = 2
        if length == 126 {
            guard available >= 4 else { return .incomplete }
            length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
            header = 4
        } else if length == 127 {
            guard available >= 10 else { return .incomplete }
            let long = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt64.self))
            guard long <= UInt64(maximumLength) else { return .broken }
            length = Int(long)
            header = 10
        }
        guard available >= header + length else { return .incomplete }
        let payload = offset + header
        return .frame(opcode: first & 0x0F, isFinal: first & 0x80 != 0, payload: payload, end: payload + length)
    }
}
