import TestSupport
import Testing

@testable import Core

@Suite("Every valid name comes back from each of its spellings")
struct StreamNamePropertyTests {
    private static func kinds() -> [StreamName.Kind] {
        [.ticker, .trade, .liquidation] + StreamName.depths.map { .depth($0) }
            + KlineInterval.allCases.map { .kline($0) }
    }

    private static func symbol(using generator: inout SeededGenerator) -> String {
        let characters = Array("ABCDETHUSP0123456789")
        let quotes = ["", "USDT", "USDC", "USDE", "PERP", "USD", "EUR", "BTC", "ETH"]
        let base = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
            characters[Int.random(in: 0..<characters.count, using: &generator)]
        }
        let quote = quotes[Int.random(in: 0..<quotes.count, using: &generator)]
        return String(base) + quote + (Int.random(in: 0..<4, using: &generator) == 0 ? "-26DEC25" : "")
    }

    @Test func spellingsParseBackToTheSameStream() throws {
        var generator = SeededGenerator(seed: 42)
        for _ in 0..<500 {
            let symbol = Self.symbol(using: &generator)
            for kind in Self.kinds() {
                let stream = try StreamName(kind, symbol: symbol)
                #expect(try StreamName(action: stream.actionSpelling) == stream, "\(stream.actionSpelling)")
                #expect(try StreamName(canonical: stream.canonical) == stream)
                #expect(try StreamName(op: stream.canonical) == stream)
                #expect(try StreamName(action: stream.canonical) == stream)
                let op = stream.opSuffix.dropFirst("futures.".count)
                #expect(try StreamName(op: String(op)) == stream)
                #expect(try StreamName(canonical: stream.canonical).kind == kind)
            }
        }
    }

    @Test func aNameThatIsAcceptedIsCanonicalASCII() {
        var generator = SeededGenerator(seed: 7)
        let characters = Array("tickerdphln.:_*-BTCUSD159mhüß\u{301}\r\n ")
        for _ in 0..<20_000 {
            let head =
                ["", "ticker.", "kline:1h:", "depth.", "trades.", "orders."].randomElement(using: &generator) ?? ""
            let text =
                head
                + String(
                    (0..<Int.random(in: 0...10, using: &generator)).map { _ in
                        characters[Int.random(in: 0..<characters.count, using: &generator)]
                    }
                )
            for stream in [try? StreamName(op: text), try? StreamName(action: text)] {
                guard let stream else { continue }
                #expect(stream.canonical.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
                #expect((try? StreamName(canonical: stream.canonical)) == stream)
            }
        }
    }
}
