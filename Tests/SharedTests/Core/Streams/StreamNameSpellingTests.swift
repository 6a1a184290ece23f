import Testing

@testable import Core

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
        #expect(try StreamName(op: text).canonical == canonical)
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
        #expect(try StreamName(action: text).canonical == canonical)
    }

    @Test(arguments: ["bybit", "Bybit", "BYBIT"])
    func typeNamesTheTickerOfASymbol(_ exchange: String) throws {
        #expect(try StreamName(exchange: exchange, symbol: "BTCUSDT").canonical == "ticker.BTCUSDT")
    }

    @Test func twoSpellingsAreOneStream() throws {
        let spellings = try [
            StreamName(op: "depth:ETHUSDT"), StreamName(op: "depth.50.ETHUSDT"), StreamName(action: "depth.eth_usdt"),
            StreamName(canonical: "depth.50.ETHUSDT"), StreamName(.depth(50), symbol: "ETHUSDT"),
        ]
        #expect(Set(spellings).count == 1)
        #expect(try StreamName(op: "kline:1m:BTCUSDT") != StreamName(op: "kline:1M:BTCUSDT"))
        #expect(try StreamName(op: "depth:BTCUSDT") != StreamName(op: "depth:200:BTCUSDT"))
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
        let stream = try StreamName(canonical: canonical)
        #expect(stream.opSuffix == op)
        #expect(stream.actionSpelling == action)
    }

    @Test(
        arguments: [
            ("ticker.BTCUSDT", .latest), ("kline.1h.BTCUSDT", .latest), ("depth.1.BTCUSDT", .latest),
            ("depth.50.BTCUSDT", .delta), ("depth.1000.BTCUSDT", .delta), ("trade.BTCUSDT", .event),
            ("liquidation.BTCUSDT", .event), ("orders.user123", .event),
        ] as [(String, DeliveryClass)]
    )
    func deliveryClass(of canonical: String, is deliveryClass: DeliveryClass) throws {
        #expect(try StreamName(canonical: canonical).deliveryClass == deliveryClass)
    }

    @Test func onlyOrdersArePrivate() throws {
        #expect(try StreamName(canonical: "orders.u").isPrivate)
        #expect(try StreamName(canonical: "trade.BTCUSDT").isPrivate == false)
    }

    @Test func intervalsOfTheExchange() {
        let words = KlineInterval.allCases.map { "\($0.rawValue)=\($0.bybit)" }.joined(separator: " ")
        #expect(words == "1m=1 3m=3 5m=5 15m=15 30m=30 1h=60 2h=120 4h=240 6h=360 12h=720 1d=D 1w=W 1M=M")
    }
}
