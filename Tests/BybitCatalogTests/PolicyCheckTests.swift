import Core
import Testing

@testable import BybitCatalog

@Suite("A policy that can fit no stream is told, with the name that was meant")
struct PolicyCheckTests {
    private static func objection(_ pattern: String) throws -> String? {
        let catalog = CompositeCatalog([
            BybitCatalog(), PatternCatalog([StreamKind(try StreamPattern("heat.{1..9}.{word}"), .event)]),
        ])
        let rule: AccessPolicy.Rule = pattern.contains("{user}") ? .owner : .authenticated
        return PolicyCheck(catalog).objection(to: try AccessPolicy(pattern, rule))
    }

    @Test(arguments: [
        "trade.*", "ticker.BTCUSDT", "*.BTCUSDT", "*.*", "*.*.*", "depth.*.*", "depth.50.BTCUSDT", "depth.*.BTCUSDT",
        "kline.1h.*", "kline.*.*", "kline.1M.BTCUSDT", "liquidation.*", "orders.{user}", "orders.*", "orders.auth0%7C1",
        "heat.*.*", "heat.3.x", "heat.*.{user}", "*.3.BTCUSDT", "trade.NOSUCHUSDT",
    ])
    func whatFitsIsNotTold(_ pattern: String) throws { #expect(try Self.objection(pattern) == nil) }

    @Test(arguments: [
        ("trades.*", "write trade.*"), ("trades.btc_usdt", "write trade.BTCUSDT"), ("tickers.*", "write ticker.*"),
        ("ticker.btc_usdt", "write ticker.BTCUSDT"), ("trades.{user}", "write trade.{user}"),
        ("depth.BTCUSDT", "write depth.50.BTCUSDT, or depth.*.* for all of them"),
        ("depth.*", "write depth.50.*, or depth.*.* for all of them"),
        ("depth.20.*", "streams of depth are depth.*.*"), ("kline.*", "streams of kline are kline.*.*"),
        ("tikcer.*", "streams of ticker are ticker.*"), ("heat.*", "streams of heat are heat.*.*"),
        ("heat.10.*", "streams of heat are heat.*.*"), ("orders.*.*", "streams of orders are orders.*"),
        ("desk.*", "there are streams of depth, heat, kline, liquidation, orders, ticker, trade"),
    ])
    func whatFitsNothingIsTold(_ pattern: String, _ advice: String) throws {
        #expect(try Self.objection(pattern) == "fits no stream, so it grants and protects nothing; \(advice)")
    }

    @Test func theCatalogSaysThePatternsOfAllItsStreams() throws {
        #expect(BybitStream.patterns.count == 4 + BybitStream.depths.count + KlineInterval.allCases.count)
        #expect(Set(BybitStream.patterns.map(\.typeName)) == Set(BybitStream.typeNames + ["orders"]))
        for pattern in BybitStream.patterns {
            let pieces = [String?](repeating: nil, count: pattern.length)
            let name = try #require(pattern.name(with: pieces, word: "BTCUSDT"))
            #expect(BybitCatalog().descriptor(of: try StreamName(canonical: name))?.name.canonical == name)
        }
    }
}
