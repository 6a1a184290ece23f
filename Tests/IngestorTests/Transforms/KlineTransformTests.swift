import Shared
import Testing

@testable import Ingestor

@Suite("A candle comes out under the clients' names")
struct KlineTransformTests {
    private static func candle(_ interval: String, confirm: String = "false", close: String = #""16677""#) -> String {
        #"{"start":1672324800000,"end":1672325099999,"interval":"\#(interval)","open":"16649.5","close":\#(close),"#
            + #""high":"16678","low":"16608","volume":"2.081","turnover":"34666.4005","confirm":\#(confirm),"#
            + #""timestamp":1672324988882}"#
    }

    private static func frame(_ interval: String, _ candles: String...) -> String {
        #"{"topic":"kline.\#(interval).BTCUSDT","data":[\#(candles.joined(separator: ","))],"ts":1,"type":"snapshot"}"#
    }

    private static func expected(_ interval: String, confirmed: Bool) -> String {
        #"{"symbol":"BTCUSDT","interval":"\#(interval)","openTime":1672324800000,"closeTime":1672325099999,"#
            + #""open":"16649.5","high":"16678","low":"16608","close":"16677","volume":"2.081","turnover":"34666.4005","#
            + #""confirmed":\#(confirmed)}"#
    }

    @Test(arguments: KlineInterval.allCases)
    func everyInterval(_ interval: KlineInterval) throws {
        let transform = KlineTransform(symbol: "BTCUSDT", interval: interval)
        let messages = try transform.apply(Self.frame(interval.bybit, Self.candle(interval.bybit))).messages
        #expect(messages.map(\.text) == [Self.expected(interval.rawValue, confirmed: false)])
        #expect(messages.map(\.kind) == [.snapshot])
        let other = interval == .day ? "5" : "D"
        #expect(throws: JSONError.self) { try transform.apply(Self.frame(other, Self.candle(other))) }
    }

    @Test func eachCandleOfAFrameIsAMessage() throws {
        let transform = KlineTransform(symbol: "BTCUSDT", interval: .minutes5)
        let frame = Self.frame("5", Self.candle("5", confirm: "true"), Self.candle("5"))
        let messages = try transform.apply(frame).messages
        #expect(messages.map(\.text) == [true, false].map { Self.expected("5m", confirmed: $0) })
        #expect(messages.map(\.kind) == [.snapshot, .update])
        #expect(try transform.apply(Self.frame("5", Self.candle("5"))).messages.map(\.kind) == [.update])
        transform.reset()
        #expect(try transform.apply(Self.frame("5", Self.candle("5"))).messages.map(\.kind) == [.snapshot])
    }

    @Test func oneBadCandleCostsTheWholeFrame() throws {
        let transform = KlineTransform(symbol: "BTCUSDT", interval: .minutes5)
        for bad in [
            Self.candle("5", confirm: #""true""#), Self.candle("5", close: "16677"), Self.candle("5", close: "null"),
            Self.candle("5", close: #""""#), "{}", "[]",
        ] {
            #expect(throws: JSONError.self) { try transform.apply(Self.frame("5", Self.candle("5"), bad)) }
        }
        #expect(try transform.apply(Self.frame("5", Self.candle("5"))).messages.map(\.kind) == [.snapshot])
    }

    @Test func anEmptyFrameGivesNothing() throws {
        #expect(try KlineTransform(symbol: "BTCUSDT", interval: .week).apply(Self.frame("W")).messages.isEmpty)
    }
}
