import NIOCore

/// JSON written into a plain array, for the hot path.
///
/// `ByteBuffer` checks exclusive access to its storage at run time with each of the sixty writes of a ticker; a profile
/// showed a fifth of the time there. A local array is checked by the compiler. Keep one and reuse it: its storage
/// stays.
package struct JSONBytes {
    private var bytes: [UInt8] = []

    package init(capacity: Int = 1024) { bytes.reserveCapacity(capacity) }

    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    package var count: Int { bytes.count }

    /// Takes back what was written behind the first `count` bytes.
    package mutating func truncate(to count: Int) { bytes.removeLast(max(0, bytes.count - count)) }

    package mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// Lends what has been written; the pointer must not leave `body`.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result { bytes.withUnsafeBytes(body) }

    /// A copy of what has been written, in one allocation of its size.
    package func makeBuffer() -> ByteBuffer { ByteBuffer(bytes: bytes) }

    /// Text that is JSON already, or needs no escaping inside a string.
    package mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Text that was checked to need no escaping when it was read.
    package mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Bytes that were checked to need no escaping when they were read.
    package mutating func raw(_ text: UnsafeRawBufferPointer) { bytes.append(contentsOf: text) }

    package mutating func decimal(_ value: Int64) {
        guard value < 0 || value > 9 else { return bytes.append(UInt8(ascii: "0") + UInt8(value)) }
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var magnitude = value.magnitude
        let start = bytes.count
        while magnitude > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10))
            magnitude /= 10
        }
        bytes[start...].reverse()
    }
}
