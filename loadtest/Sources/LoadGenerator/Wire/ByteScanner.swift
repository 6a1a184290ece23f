import Glibc

/// Reads known texts at known places, in place: what costs the least per message.
///
/// It owns nothing, and must not outlive the bytes that it was given: made inside `withUnsafeReadableBytes`, it lives for
/// one message. Every read is checked against the end of the bytes, which is why the pointer is safe.
struct ByteScanner {
    private(set) var position: UnsafeRawPointer
    private let end: UnsafeRawPointer

    /// Nil for no bytes at all.
    @inline(__always)
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return nil }
        position = start
        end = start + bytes.count
    }

    @inline(__always)
    var count: Int { end - position }

    /// Passes over `text` where it comes next.
    @inline(__always)
    mutating func skip(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length, memcmp(position, text.utf8Start, length) == 0 else { return false }
        position += length
        return true
    }

    /// Passes over everything up to and with the next `byte`.
    @inline(__always)
    mutating func skip(past byte: UInt8) -> Bool {
        guard let found = memchr(position, Int32(byte), count) else { return false }
        position = UnsafeRawPointer(found) + 1
        return true
    }

    @inline(__always)
    mutating func skip(bytes: Int) -> Bool {
        guard bytes >= 0, count >= bytes else { return false }
        position += bytes
        return true
    }

    /// A whole number; nil where no digit comes next. Of more than 19 digits it is any number.
    @inline(__always)
    mutating func number() -> UInt64? {
        var value: UInt64 = 0
        let start = position
        while position < end {
            let digit = position.load(as: UInt8.self) &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            position += 1
        }
        return position == start ? nil : value
    }

    /// The number at the end of a name, and passes over the quote behind it: `ticker.lt00042"` is 42. Nil where no
    /// quote comes, or no digit stands before it.
    @inline(__always)
    mutating func numberOfQuotedName() -> UInt64? {
        let start = position
        guard skip(past: UInt8(ascii: "\"")) else { return nil }
        var digits = position - 1
        var value: UInt64 = 0
        var weight: UInt64 = 1
        while digits > start {
            let digit = (digits - 1).load(as: UInt8.self) &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = value &+ UInt64(digit) &* weight
            weight = weight &* 10
            digits -= 1
        }
        return weight == 1 ? nil : value
    }
}
