/// The symbols that an exchange has, as of one time that it was asked. A value, shared freely.
///
/// The checksum tells two lists apart: who hears of another than its own has missed one. Bounded by `maximumSymbols`.
package struct InstrumentList: Sendable, Hashable {
    /// An exchange has some 1,000; beyond this what was read is no list of instruments.
    package static let maximumSymbols = 20_000
    package static let maximumSymbolLength = 64

    package let symbols: Set<String>
    package let checksum: UInt64

    /// What can be no symbol is left out. Nil for more symbols than there can be: of a part nobody could say what is missing.
    package init?(_ symbols: some Sequence<String>) {
        let symbols = Set(symbols.lazy.filter(Self.isPossible))
        guard symbols.count <= Self.maximumSymbols else { return nil }
        self.symbols = symbols
        self.checksum = Self.checksum(of: symbols)
    }

    package func contains(_ symbol: String) -> Bool { symbols.contains(symbol) }

    /// The symbols that `symbol` may have been meant to be, the nearest first.
    package func nearest(to symbol: String) -> [String] { nearestNames(to: symbol, among: symbols, atMost: 3) }

    /// Plain letters, digits and what stands between them: it goes into messages and words for people as it is.
    private static func isPossible(_ symbol: String) -> Bool {
        (1...maximumSymbolLength).contains(symbol.utf8.count)
            && symbol.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }

    /// FNV-1a of 64 bits over the symbols in their order, each with a line's end: the same in every process.
    private static func checksum(of symbols: Set<String>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for symbol in symbols.sorted() {
            for byte in symbol.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0x0A) &* 0x100_0000_01B3
        }
        return hash
    }
}
