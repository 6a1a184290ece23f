import BybitCatalog
import Core
import FeedKit
import Testing

@testable import BybitFeed

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
        #expect(try transform.apply(Self.frame(other, Self.candle(other))).messages.isEmpty)
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

    @Test(arguments: [
        candle("5", confirm: #""false""#), candle("5", confirm: "0"), candle("5", close: "16677"),
        candle("5", close: #""1.6677e4""#), candle("5").replacing(#""open":"#, with: #""new":{"confirm":1},"open":"#),
        candle("5").replacing(#""interval":"5","#, with: ""),
        candle("5").replacing(#""interval":"5""#, with: #""interval":5"#),
        candle("5").replacing(#""start":1672324800000"#, with: #""start":"1672324800000""#),
    ])
    func aCandleIsTakenHoweverItsNumbersAreWritten(_ candle: String) throws {
        let transform = KlineTransform(symbol: "BTCUSDT", interval: .minutes5)
        let (outcome, messages) = try transform.apply(Self.frame("5", candle))
        #expect(outcome == .applied)
        #expect(messages.map(\.text) == [Self.expected("5m", confirmed: false)])
    }

    /// What may have been a close is gone for good; the state of a candle that is open comes again.
    @Test(
        arguments: [
            (candle("5", close: "null"), .snapshot), (candle("5", close: #""""#), .snapshot),
            (candle("5", close: #""x""#), .snapshot), (candle("5", confirm: "true", close: "null"), .message),
            (candle("5", confirm: "null"), .message), (candle("5", confirm: #""maybe""#), .message),
            (candle("5").replacing(#""confirm":false,"#, with: ""), .message), ("{}", .message), ("[]", .message),
            ("7", .message),
        ] as [(String, UnreadableCost)]
    )
    func aBadCandleCostsItself(_ bad: String, and cost: UnreadableCost) throws {
        let transform = KlineTransform(symbol: "BTCUSDT", interval: .minutes5)
        for frame in [Self.frame("5", Self.candle("5"), bad), Self.frame("5", bad, Self.candle("5"))] {
            let (outcome, messages) = try transform.apply(frame)
            guard case .incomplete(cost, _) = outcome else {
                Issue.record("\(frame) gave \(outcome)")
                return
            }
            #expect(messages.map(\.text) == [Self.expected("5m", confirmed: false)])
        }
        let (outcome, messages) = try transform.apply(Self.frame("5", bad))
        guard case .incomplete(cost, _) = outcome, messages.isEmpty else {
            Issue.record("\(bad) gave \(outcome), \(messages)")
            return
        }
    }

    @Test(arguments: ["[{]", "[x]", "{}", "null", #"[{"confirm":false} "#])
    func aBrokenArrayMayHaveHeldAClose(_ data: String) throws {
        let transform = KlineTransform(symbol: "BTCUSDT", interval: .minutes5)
        let bytes = Array(data.utf8)
        try bytes.withUnsafeBytes { bytes in
            var messages: [FeedMessage] = []
            let frame = BybitDataFrame(topic: "t", isSnapshot: true, timestamp: 1, data: JSONCursor(bytes))
            let outcome = try transform.apply(frame, to: &messages)
            guard case .incomplete(.message, _) = outcome, messages.isEmpty else {
                Issue.record("\(data) gave \(outcome)")
                return
            }
        }
    }

    @Test func anEmptyFrameGivesNothing() throws {
        #expect(try KlineTransform(symbol: "BTCUSDT", interval: .week).apply(Self.frame("W")).messages.isEmpty)
    }
}
