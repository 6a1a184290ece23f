/// One price of an order book. Price and size stay the decimal strings that the exchange sent.
package struct PriceLevel: Hashable, Sendable {
    package let price: String
    package let size: String
    /// The price as a whole number of 10^-10, to sort by.
    package let key: Int64

    /// Nil where the price is not a decimal, or beyond what the key can hold (about 922 million).
    package init?(price: String, size: String) {
        guard let key = Self.key(of: price) else { return nil }
        self.price = price
        self.size = size
        self.key = key
    }

    /// A size of zero takes the level away, however many zeros are written.
    package var isDeletion: Bool { size.utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") } }

    private static func key(of price: String) -> Int64? {
        var value: Int64 = 0
        var decimals = -1
        for byte in price.utf8 {
            if byte == UInt8(ascii: "."), decimals < 0 {
                decimals = 0
                continue
            }
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            if decimals >= 0 { decimals += 1 }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        guard !price.isEmpty, decimals <= 10 else { return nil }
        for _ in 0..<(10 - max(decimals, 0)) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
        }
        return value
    }
}
