/// A decimal number with an exponent (`5E-7`, `1.20e+2`), to be written without one. Digits are moved, never computed
/// with: no floating point comes near a price.
///
/// Bounded: a number that would take more than `maximumDigits` on either side of its point is none.
struct DecimalExponent {
    static let maximumDigits = 64

    private let isNegative: Bool
    /// Of the mantissa, without leading zeros and point; as bytes of ASCII.
    private let digits: [UInt8]
    /// How many of them, or more than all of them, stand in front of the point; negative: so many zeros behind it.
    private let point: Int

    /// Nil for what is no such number.
    init?(_ text: UnsafeRawBufferPointer) {
        guard let mark = text.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }), mark > 0 else { return nil }
        let mantissa = UnsafeRawBufferPointer(rebasing: text[..<mark])
        guard JSONCursor.isDecimal(mantissa), let exponent = Self.exponent(text[(mark + 1)...]) else { return nil }
        isNegative = mantissa[0] == UInt8(ascii: "-")
        let unsigned = mantissa.dropFirst(isNegative ? 1 : 0)
        let whole = unsigned.prefix { $0 != UInt8(ascii: ".") }.count
        let all = unsigned.filter { $0 != UInt8(ascii: ".") }
        let digits = Array(all.drop { $0 == UInt8(ascii: "0") })
        self.digits = digits
        point = whole + exponent - (all.count - digits.count)
        let isInBounds = max(point, digits.count) <= Self.maximumDigits && digits.count - point <= Self.maximumDigits
        guard digits.isEmpty || isInBounds else { return nil }
    }

    /// A whole number with or without a sign, cut to what is far beyond all bounds.
    private static func exponent(_ text: Slice<UnsafeRawBufferPointer>) -> Int? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = text.dropFirst(isNegative || text.first == UInt8(ascii: "+") ? 1 : 0)
        guard !digits.isEmpty, digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
        let value = digits.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), 1_000_000) }
        return isNegative ? -value : value
    }

    var written: [UInt8] {
        guard !digits.isEmpty else { return [UInt8(ascii: "0")] }
        func zeros(_ count: Int) -> [UInt8] { Array(repeating: UInt8(ascii: "0"), count: count) }
        let sign = isNegative ? [UInt8(ascii: "-")] : []
        if point <= 0 { return sign + Array("0.".utf8) + zeros(-point) + digits }
        if point >= digits.count { return sign + digits + zeros(point - digits.count) }
        return sign + digits[..<point] + [UInt8(ascii: ".")] + digits[point...]
    }
}
