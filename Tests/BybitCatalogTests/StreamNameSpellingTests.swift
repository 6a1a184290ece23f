import Core
import Testing

@testable import BybitCatalog

@Suite("Each dialect's spellings name the stream that PROTOCOL says")
struct StreamNameSpellingTests {
    @Test(arguments: [
        ("ticker:BTCUSDT", "ticker.BTCUSDT"), ("tickers.BTCUSDT", "ticker.BTCUSDT"),
        ("ticker.BTCUSDT", "ticker.BTCUSDT"),
        ("kline:1h:BTCUSDT", "kline.1h.BTCUSDT"), ("kline.1M.BTCUSDT", "kline.1M.BTCUSDT"),
        ("kline:1m:BTCUSDT", "kline.1m.BTCUSDT"), ("trade:BTCUSDT", "trade.BTCUSDT"),
        ("trade.BTCUSDT", "trade.BTCUSDT"),
        ("depth:BTCUSDT", "depth.50.BTCUSDT"), ("depth:200:BTCUSDT", "depth.200.BTCUSDT"),
        ("depth.1.BTCUSDT", "depth.1.BTCUSDT"), ("liquidation:BTCUSDT", "liquidation.BTCUSDT"),
        ("orders.user123", "orders.user123"), ("ticker:1000PEPEUSDT", "ticker.1000PEPEUSDT"),
        ("ticker:BTCUSDT-26DEC25", "ticker.BTCUSDT-26DEC25"),
    ])
    func op(_ text: String, names canonical: String) throws {
        #expect(try BybitStream(text, in: .op).name.canonical == canonical)
    }

    @Test(arguments: [
        ("ticker.btc_usdt", "ticker.BTCUSDT"), ("ticker.btcusdt", "ticker.BTCUSDT"),
        ("ticker.BTCUSDT", "ticker.BTCUSDT"),
        ("trades.btc_usdt", "trade.BTCUSDT"), ("trade.btc_usdt", "trade.BTCUSDT"),
        ("depth.btc_usdt", "depth.50.BTCUSDT"),
        ("depth.200.btc_usdt", "depth.200.BTCUSDT"), ("depth.50.BTCUSDT", "depth.50.BTCUSDT"),
        ("kline.1h.btc_usdt", "kline.1h.BTCUSDT"), ("kline.1M.btc_usdt", "kline.1M.BTCUSDT"),
        ("liquidation.eth_usdt", "liquidation.ETHUSDT"), ("orders.user123", "orders.user123"),
        ("orders.a_b-C", "orders.a_b-C"), ("ticker.btc_usdt-26dec25", "ticker.BTCUSDT-26DEC25"),
        ("ticker.1000pepe_usdt", "ticker.1000PEPEUSDT"),
    ])
    func action(_ text: String, names canonical: String) throws {
        #expect(try BybitStream(text, in: .action).name.canonical == canonical)
    }

    @Test(arguments: ["bybit", "Bybit", "BYBIT"])
    func typeNamesTheTickerOfASymbol(_ exchange: String) throws {
        #expect(try BybitStream(exchange: exchange, symbol: "BTCUSDT").name.canonical == "ticker.BTCUSDT")
    }

    @Test func twoSpellingsAreOneStream() throws {
        let spellings = try [
            BybitStream("depth:ETHUSDT", in: .op), BybitStream("depth.50.ETHUSDT", in: .op),
            BybitStream("depth.eth_usdt", in: .action),
            BybitStream("depth.50.ETHUSDT", in: .other), BybitStream(.depth(50), symbol: "ETHUSDT"),
        ]
        #expect(Set(spellings).count == 1)
        #expect(try BybitStream("kline:1m:BTCUSDT", in: .op) != BybitStream("kline:1M:BTCUSDT", in: .op))
        #expect(try BybitStream("depth:BTCUSDT", in: .op) != BybitStream("depth:200:BTCUSDT", in: .op))
    }

    @Test(arguments: [
        ("ticker.BTCUSDT", "futures.ticker.BTCUSDT", "ticker.btc_usdt"),
        ("kline.1h.BTCUSDT", "futures.kline.1h.BTCUSDT", "kline.1h.btc_usdt"),
        ("trade.ETHUSDC", "futures.trade.ETHUSDC", "trades.eth_usdc"),
        ("depth.50.BTCUSDT", "futures.depth.BTCUSDT", "depth.btc_usdt"),
        ("depth.200.BTCUSDT", "futures.depth.200.BTCUSDT", "depth.200.btc_usdt"),
        ("liquidation.BTCPERP", "futures.liquidation.BTCPERP", "liquidation.btc_perp"),
        ("ticker.BTCUSD", "futures.ticker.BTCUSD", "ticker.btc_usd"),
        ("ticker.BTCUSDT-26DEC25", "futures.ticker.BTCUSDT-26DEC25", "ticker.btc_usdt-26dec25"),
        ("ticker.XYZ", "futures.ticker.XYZ", "ticker.xyz"), ("ticker.USDT", "futures.ticker.USDT", "ticker.usdt"),
        ("orders.User_1", "futures.orders.User_1", "orders.User_1"),
    ])
    func dataFrames(of canonical: String, carry op: String, and action: String) throws {
        let stream = try BybitStream(canonical, in: .other)
        #expect(stream.name(in: .op) == op)
        #expect(stream.name(in: .action) == action)
    }

    @Test(
        arguments: [
            ("ticker.BTCUSDT", .latest), ("kline.1h.BTCUSDT", .latest), ("depth.1.BTCUSDT", .latest),
            ("depth.50.BTCUSDT", .delta), ("depth.1000.BTCUSDT", .delta), ("trade.BTCUSDT", .event),
            ("liquidation.BTCUSDT", .event), ("orders.user123", .event),
        ] as [(String, DeliveryClass)]
    )
    func deliveryClass(of canonical: String, is deliveryClass: DeliveryClass) throws {
        #expect(try BybitStream(canonical, in: .other).deliveryClass == deliveryClass)
    }

    @Test func onlyOrdersArePrivate() throws {
        #expect(try BybitStream("orders.u", in: .other).descriptor.access == .owner("u"))
        #expect(try BybitStream("trade.BTCUSDT", in: .other).descriptor.access == .everybody)
    }

    @Test func intervalsOfTheExchange() {
        let words = KlineInterval.allCases.map { "\($0.rawValue)=\($0.bybit)" }.joined(separator: " ")
        #expect(words == "1m=1 3m=3 5m=5 15m=15 30m=30 1h=60 2h=120 4h=240 6h=360 12h=720 1d=D 1w=W 1M=M")
    }
}

extension DialectID {
    /// One that the catalog knows nothing of: canonical names alone.
    static let other = DialectID(number: 77)
}
