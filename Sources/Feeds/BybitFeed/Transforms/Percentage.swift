/// Percentages made from the exchange's ratios, digit by digit: no floating point comes near a client's number.
enum Percentage {
    /// `"-0.01229"` as `"-1.23"`: times 100, two decimals, halves rounded away from zero. The empty string stays empty.
    static func text(ofRatio ratio: String) -> String {
        guard !ratio.isEmpty else { return "" }
        let isNegative = ratio.utf8.first == UInt8(ascii: "-")
        var digits: [UInt8] = []
        var decimals: Int?
        for byte in ratio.utf8.dropFirst(isNegative ? 1 : 0) {
            if byte == UInt8(ascii: ".") {
                decimals = 0
            } else {
                digits.append(byte - UInt8(ascii: "0"))
                decimals = decimals.map { $0 + 1 }
            }
        }
        // Times 100 with two decimals kept: the number of ten-thousandths, so four decimals are wanted.
        var surplus = (decimals ?? 0) - 4
        while surplus < 0 {
            digits.append(0)
            surplus += 1
        }
        let roundsUp = surplus > 0 && digits[digits.count - surplus] >= 5
        digits.removeLast(surplus)
        if roundsUp { increment(&digits) }
        while digits.count < 3 { digits.insert(0, at: 0) }
        let firstKept = digits.dropLast(3).firstIndex { $0 != 0 } ?? digits.count - 3
        let text = digits[firstKept...].map { Character(UnicodeScalar($0 + UInt8(ascii: "0"))) }
        let sign = isNegative && digits.contains { $0 != 0 } ? "-" : ""
        return sign + String(text.dropLast(2)) + "." + String(text.suffix(2))
    }

    private static func increment(_ digits: inout [UInt8]) {
        for index in digits.indices.reversed() {
            if digits[index] < 9 {
                digits[index] += 1
                return
            }
            digits[index] = 0
        }
        digits.insert(1, at: 0)
    }
}
