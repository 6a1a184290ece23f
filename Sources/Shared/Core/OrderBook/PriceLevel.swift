/// One price of an order book. Price and size stay the decimal strings that they were sent as, without an exponent.
///
/// Prices are compared as the decimals that they are, of any length: no scale refuses one.
package struct PriceLevel: Hashable, Sendable {
    package let price: String
    package let size: String
    private let key: PriceKey

    /// Nil where the price is not a plain decimal.
    package init?(price: String, size: String) {
        guard let key = PriceKey(price) else { return nil }
        self.price = price
        self.size = size
        self.key = key
    }

    /// A size of zero takes the level away, however many zeros are written.
    package var isDeletion: Bool {
        size.utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    @inline(__always)
    func isBelow(_ other: PriceLevel) -> Bool {
        if key.isDecisive(against: other.key) { return key.floor < other.key.floor }
        return DecimalText.isLess(price, other.price)
    }

    /// The same number, however it is written.
    func hasPrice(of other: PriceLevel) -> Bool {
        if key.isDecisive(against: other.key) { return key.floor == other.key.floor }
        return !DecimalText.isLess(price, other.price) && !DecimalText.isLess(other.price, price)
    }
}

/// A price in 64 bits, to compare most prices by at once: a whole number of 10^-10.
struct PriceKey: Hashable, Sendable {
    /// Towards zero, and at the ends of its range for what lies beyond: of two prices the lower never has the higher one.
    let floor: Int64
    /// Nothing was cut: the price is that very number.
    let isExact: Bool

    private static let decimals = 10

    /// Nil for what is no plain decimal.
    init?(_ price: String) {
        var value: Int64 = 0
        var decimals = -1
        var isExact = true
        var digits = 0
        var isNegative = false
        func append(_ digit: Int64) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(digit)
            if overflow || carry { isExact = false }
            value = overflow || carry ? .max : sum
        }
        for byte in price.utf8 {
            guard byte &- UInt8(ascii: "0") < 10 else {
                if byte == UInt8(ascii: "."), decimals < 0 {
                    decimals = 0
                } else if byte == UInt8(ascii: "-"), digits == 0, decimals < 0, !isNegative {
                    isNegative = true
                } else {
                    return nil
                }
                continue
            }
            digits += 1
            if decimals >= Self.decimals {
                if byte != UInt8(ascii: "0") { isExact = false }
                continue
            }
            if decimals >= 0 { decimals += 1 }
            append(Int64(byte - UInt8(ascii: "0")))
        }
        guard digits > 0 else { return nil }
        for _ in max(decimals, 0)..<Self.decimals { append(0) }
        self.floor = isNegative ? -value : value
        self.isExact = isExact
    }

    /// Two keys that differ decide, and so do two that are exact.
    func isDecisive(against other: PriceKey) -> Bool { floor != other.floor || isExact && other.isExact }
}
