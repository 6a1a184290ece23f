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
            var rest = magnitude
            var index = scratch.count
            repeat {
                index -= 1
                scratch[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if isNegative {
                index -= 1
                scratch[index] = UInt8(ascii: "-")
            }
            return body(UnsafeRawBufferPointer(rebasing: scratch[index...]))
        }
    }
}
