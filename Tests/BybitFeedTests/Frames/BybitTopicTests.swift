import Core
import Testing

@testable import BybitFeed

@Suite("Each stream has its topic at the exchange")
struct BybitTopicTests {
    @Test(arguments: [
        ("ticker.BTCUSDT", "tickers.BTCUSDT", true), ("kline.1h.BTCUSDT", "kline.60.BTCUSDT", false),
        ("kline.1M.BTCUSDT", "kline.M.BTCUSDT", false), ("trade.BTCUSDT", "publicTrade.BTCUSDT", false),
        ("depth.200.BTCUSDT", "orderbook.200.BTCUSDT", true), ("liquidation.BTCUSDT", "allLiquidation.BTCUSDT", false),
    ])
    func topic(of canonical: String, is name: String, speaksSteadily: Bool) throws {
        let topic = try #require(BybitTopic(StreamName(canonical: canonical)))
        #expect(topic.name == name)
        #expect(topic.speaksSteadily == speaksSteadily)
    }

    @Test func privateStreamsHaveNone() throws {
        #expect(try BybitTopic(StreamName(canonical: "orders.user123")) == nil)
    }
}
