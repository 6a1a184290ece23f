/// The order of decimals of any length, digit by digit.
extension DecimalText {
    /// Both must be plain decimals: a sign, digits, at most one point.
    static func isLess(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Parts(left), Parts(right))
        guard left.isNegative == right.isNegative else { return left.isNegative }
        return left.isNegative ? right.hasLessMagnitude(than: left) : left.hasLessMagnitude(than: right)
    }

    private struct Parts {
        private typealias Digits = Substring.UTF8View

        let isNegative: Bool
        private let whole: Digits
        private let fraction: Digits

        init(_ text: String) {
            let zero = UInt8(ascii: "0")
            let bytes = text.utf8[...]
            let unsigned = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
            whole = unsigned.prefix { $0 != UInt8(ascii: ".") }.drop { $0 == zero }
            var fraction = unsigned.drop { $0 != UInt8(ascii: ".") }.dropFirst()
            while fraction.last == zero { fraction.removeLast() }
            self.fraction = fraction
            // Zero has no sign.
            isNegative = unsigned.startIndex != bytes.startIndex && !(whole.isEmpty && fraction.isEmpty)
        }

        func hasLessMagnitude(than other: Parts) -> Bool {
            guard whole.count == other.whole.count else { return whole.count < other.whole.count }
            guard whole.elementsEqual(other.whole) else { return whole.lexicographicallyPrecedes(other.whole) }
            // With no zeros at their ends, the shorter of two that begin alike is the smaller.
            return fraction.lexicographicallyPrecedes(other.fraction)
        }
    }
}
