import Core
import NIOCore

/// Puts text into memory that its caller has made large enough. A frame is a dozen pieces, and each write to a `ByteBuffer`
/// would look at its storage anew.
///
/// The pointers are safe: they are lent by a buffer for the time of one call, and what does not fit ends the process.
struct TextWriter {
    private let start: UnsafeMutableRawPointer
    private let capacity: Int
    private(set) var count = 0

    init(_ room: UnsafeMutableRawBufferPointer) {
        precondition(room.count > 0, "there is no room for any text")
        start = room.baseAddress!
        capacity = room.count
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        precondition(bytes.count <= capacity - count, "the text is longer than its room")
        (start + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func write(_ text: StaticString) {
        write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func write(text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    mutating func write(_ buffer: ByteBuffer) { buffer.withUnsafeReadableBytes { write($0) } }

    mutating func write(decimal number: UInt64) { DecimalText.with(number) { write($0) } }

    mutating func write(decimal number: Int64) {
        DecimalText.with(number.magnitude, isNegative: number < 0) { write($0) }
    }
}
