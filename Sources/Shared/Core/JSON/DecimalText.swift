/// A number in decimal digits, for whoever writes text without an intermediate string.
@usableFromInline
package enum DecimalText {
    /// Lends the digits to `body`.
    @inlinable
    package static func with<Result>(
        _ magnitude: UInt64,
        isNegative: Bool = false,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        // 24 bytes hold the 20 digits of the largest 64-bit number and its sign.
        var scratch: (UInt64, UInt64, UInt64) = (0, 0, 0)
        return withUnsafeMutableBytes(of: &scratch) { scratch in
            let end = scratch.baseAddress! + scratch.count
            var start = end
            var rest = magnitude
            // Two digits to a division of 64 bits, which is what a number costs.
            while rest >= 100 {
                let pair = UInt32(truncatingIfNeeded: rest % 100)
                rest /= 100
                start -= 2
                start.storeBytes(of: twoDigits(pair), as: UInt16.self)
            }
            if rest >= 10 {
                start -= 2
                start.storeBytes(of: twoDigits(UInt32(truncatingIfNeeded: rest)), as: UInt16.self)
            } else {
                start -= 1
                start.storeBytes(of: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest), as: UInt8.self)
            }
            if isNegative {
                start -= 1
                start.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
            }
            return body(UnsafeRawBufferPointer(start: start, count: end - start))
        }
    }

    /// The digits of a number below 100, as they follow one another in memory.
    @inlinable @inline(__always)
    static func twoDigits(_ pair: UInt32) -> UInt16 {
        let tens = pair / 10
        return UInt16(truncatingIfNeeded: 0x3030 &+ tens &+ (pair &- tens &* 10) << 8).littleEndian
    }
}
