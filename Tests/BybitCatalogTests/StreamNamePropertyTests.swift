import Core
import TestSupport
import Testing

@testable import BybitCatalog

@Suite("Every valid name comes back from each of its spellings")
struct StreamNamePropertyTests {
    private static func kinds() -> [BybitStream.Kind] {
        [.ticker, .trade, .liquidation] + BybitStream.depths.map { .depth($0) }
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
                let stream = try BybitStream(kind, symbol: symbol)
                #expect(try BybitStream(stream.name(in: .action), in: .action) == stream, "\(stream.name(in: .action))")
                #expect(try BybitStream(stream.name.canonical, in: .other) == stream)
                #expect(try BybitStream(stream.name.canonical, in: .op) == stream)
                #expect(try BybitStream(stream.name.canonical, in: .action) == stream)
                let op = stream.name(in: .op).dropFirst("futures.".count)
                #expect(try BybitStream(String(op), in: .op) == stream)
                #expect(try BybitStream(stream.name.canonical, in: .other).kind == kind)
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
            for stream in [try? BybitStream(text, in: .op), try? BybitStream(text, in: .action)] {
                guard let stream else { continue }
                #expect(stream.name.canonical.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
                #expect((try? BybitStream(stream.name.canonical, in: .other)) == stream)
            }
        }
    }
}
