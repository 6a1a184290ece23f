import NIOCore

/// The masking key of a client's frame, and how far into the frame it has been applied (RFC 6455, section 5.3).
///
/// Owns four bytes. After each piece of payload the key is turned, so that its low byte is always the one for the next
/// byte of payload; a frame may thus arrive in pieces of any size.
package struct WebSocketMask: Sendable {
    private var key: UInt32

    /// - Parameter key: The four bytes of the key as a little-endian integer: the first byte is the lowest.
    package init(littleEndianKey key: UInt32) {
        self.key = key
    }

    /// Takes `count` bytes from the front of `input` and appends them, unmasked, to `output`: one pass, which is both
    /// the copy and the unmasking. `input` is only read, so storage that it shares with others isn't copied for this.
    ///
    /// - Precondition: `input` has `count` readable bytes.
    package mutating func move(_ count: Int, from input: inout ByteBuffer, to output: inout ByteBuffer) {
        guard count > 0 else { return }
        let wideKey = UInt64(key) | UInt64(key) << 32
        let source = input
        output.writeWithOutputRawSpan(minimumWritableBytes: count) { destination in
            let bytes = source.readableBytesSpan
            var index = 0
            while count - index >= 8 {
                // Safe: eight bytes are left (and the load checks it), and any bits are a UInt64.
                let word = bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
                destination.append((UInt64(littleEndian: word) ^ wideKey).littleEndian, as: UInt64.self)
                index += 8
            }
            while index < count {
                // Safe: index < count (and the load checks it), and any bits are a UInt8.
                let byte = bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
                destination.append(byte ^ UInt8(truncatingIfNeeded: wideKey >> UInt64(8 * (index & 7))))
                index += 1
            }
        }
        input.moveReaderIndex(forwardBy: count)
        let turn = UInt32(8 * (count & 3))
        key = key >> turn | key << ((32 - turn) & 31)
    }
}
