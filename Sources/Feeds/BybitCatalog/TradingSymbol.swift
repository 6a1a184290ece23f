/// The spellings of an instrument: `BTCUSDT` at the exchange and in the `op` dialect, `btc_usdt` in the `action`
/// dialect.
package enum TradingSymbol {
    package static let maximumLength = 32

    /// Quote currencies in which a pair may end, longer ones first, so that `BTCUSDT` is not taken for BTCUSD and a T.
    private static let quotes = ["USDT", "USDC", "USDE", "PERP", "USD", "EUR", "BTC", "ETH"]

    /// True for upper-case letters and digits, with parts joined by '-' (dated futures: `BTCUSDT-26DEC25`).
    package static func isValid(_ symbol: Substring) -> Bool {
        guard (1...maximumLength).contains(symbol.utf8.count) else { return false }
        return symbol.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.allSatisfy { isDigit($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        }
    }

    /// The symbol that a lower-case pair names: `btc_usdt` and `btcusdt` are both `BTCUSDT`; nil where it is not such a
    /// pair.
    package static func fromPair(_ pair: Substring) -> String? {
        var underscores = 0
        for byte in pair.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"): continue
            case UInt8(ascii: "_"): underscores += 1
            default: guard isDigit(byte) else { return nil }
            }
        }
        guard underscores <= 1, pair.first != "_", pair.last != "_" else { return nil }
        let symbol = pair.filter { $0 != "_" }.uppercased()
        return isValid(symbol[...]) ? symbol : nil
    }

    /// `BTCUSDT` as `btc_usdt`; a symbol with no known quote currency is only put in lower case.
    package static func pair(of symbol: String) -> String {
        let head = symbol.prefix { $0 != "-" }
        let tail = symbol[head.endIndex...]
        guard let quote = quotes.first(where: { head.hasSuffix($0) && head.count > $0.count }) else {
            return symbol.lowercased()
        }
        return "\(head.dropLast(quote.count))_\(quote)\(tail)".lowercased()
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
