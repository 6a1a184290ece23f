import Core
import FeedKit
import Foundation
import Testing

@testable import BybitFeed

@Suite("Trades come out as one array a frame, each under the clients' names")
struct TradeTransformTests {
    private static func frame(_ trades: String...) -> String {
        #"{"topic":"publicTrade.X","type":"snapshot","ts":1,"data":[\#(trades.joined(separator: ","))]}"#
    }

    private static let good =
        #"{"T":5,"s":"X","S":"Sell","v":"0.1","p":"2.50","L":"PlusTick","i":"id-1","BT":true,"seq":9}"#
    private static let shown =
        #"{"id":"id-1","symbol":"X","price":"2.50","quantity":"0.1","side":"sell","time":5,"isBlockTrade":true}"#

    /// Skipped where the recordings are not beside the package.
    @Test(.enabled(if: RecordedFrames.areThere))
    func recorded() throws {
        let frames = try RecordedFrames.frames("linear-publicTrade-BTCUSDT.jsonl", topic: "publicTrade.BTCUSDT")
        try #require(frames.count == 4)
        let transform = TradeTransform(symbol: "BTCUSDT")
        for (text, object) in frames {
            let trades = try #require(object["data"] as? [[String: Any]])
            let expected = try trades.map { trade -> [String: Any] in
                [
                    "id": try #require(trade["i"]), "symbol": try #require(trade["s"]),
                    "price": try #require(trade["p"]),
                    "quantity": try #require(trade["v"]), "side": try #require(trade["S"] as? String).lowercased(),
                    "time": try #require(trade["T"]), "isBlockTrade": try #require(trade["BT"]),
                ]
            }
            let messages = try transform.apply(text).messages
            try #require(messages.count == 1)
            #expect(messages[0].kind == .update)
            #expect(try Parsed.value(messages[0].data) == expected as NSArray)
        }
    }

    @Test func theTradesOfAFrameStayTogetherAndInOrder() throws {
        let second = #"{"i":"2100000000001","BT":false,"T":6,"s":"X","S":"Buy","v":"1","p":"3"}"#
        let messages = try TradeTransform(symbol: "X").apply(Self.frame(Self.good, second)).messages
        let other =
            #"{"id":"2100000000001","symbol":"X","price":"3","quantity":"1","side":"buy","time":6,"isBlockTrade":false}"#
        #expect(messages.map(\.text) == ["[\(Self.shown),\(other)]"])
    }

    /// A change to the good trade, and what it makes of what is shown: nothing where that is empty.
    @Test(arguments: [
        ("\"v\":\"0.1\"", "\"v\":0.1", ""), ("\"v\":\"0.1\"", "\"v\":\"1E-1\"", ""),
        ("\"v\":\"0.1\"", "\"v\":10e-2", "0.10"),
        ("\"v\":\"0.1\"", "\"v\":\"5E-7\"", "0.0000005"), ("\"T\":5", "\"T\":\"5\"", ""), ("\"T\":5", "\"T\":5.5", ""),
        ("\"BT\":true", "\"BT\":1", ""), ("\"BT\":true", "\"BT\":\"true\"", ""), ("\"L\":\"PlusTick\"", "\"L\":7", ""),
        ("\"L\":\"PlusTick\"", "\"L\":\"NewTick\"", ""), ("\"s\":\"X\",", "", ""),
        ("\"seq\":9", "\"seq\":null,\"new\":{}", ""),
    ])
    func aTradeIsTakenHoweverItsFieldsAreWritten(_ field: String, _ other: String, _ quantity: String) throws {
        let changed = Self.good.replacing(field, with: other)
        try #require(changed != Self.good)
        let (outcome, messages) = try TradeTransform(symbol: "X").apply(Self.frame(changed, Self.good))
        let shown = quantity.isEmpty ? Self.shown : Self.shown.replacing(#""0.1""#, with: #""\#(quantity)""#)
        #expect(outcome == .applied)
        #expect(messages.map(\.text) == ["[\(shown),\(Self.shown)]"])
    }

    @Test(arguments: [
        (#","BT":true"#, "", #""isBlockTrade":true"#, #""isBlockTrade":false"#),
        (#","BT":true"#, #","BT":null"#, #""isBlockTrade":true"#, #""isBlockTrade":false"#),
        (#""Sell""#, #""sell""#, #""sell""#, #""sell""#), (#""Sell""#, #""None""#, #""sell""#, #""None""#),
        (#""id-1""#, #""a\"b\u00e9""#, #""id-1""#, #""a\"b\u00e9""#),
        (#""id-1""#, "2100000000001", "id-1", "2100000000001"),
        (#""id-1""#, #""é""#, "id-1", "é"),
    ])
    func whatIsMissingOrUnknownButNotNeeded(_ field: String, _ other: String, _ shown: String, _ as: String) throws {
        let changed = Self.good.replacing(field, with: other)
        try #require(changed != Self.good)
        let (outcome, messages) = try TradeTransform(symbol: "X").apply(Self.frame(changed))
        #expect(outcome == .applied)
        #expect(messages.map(\.text) == ["[\(Self.shown.replacing(shown, with: `as`))]"])
    }

    @Test(arguments: [
        (#""2.50""#, "null"), (#""2.50""#, #""""#), (#""2.50""#, #""x""#), (#""0.1""#, "[0.1]"), (#""0.1""#, "true"),
        (#""T":5"#, #""T":"five""#), (#""X""#, #""Y""#), (#","i":"id-1""#, ""), (#","p":"2.50""#, ""), (#""T":5,"#, ""),
        (#""S":"Sell","#, ""), (#""Sell""#, "1"), (#""Sell""#, #""""#), (#""BT":true"#, #""BT":"maybe""#),
        (#""p":"2.50""#, #""p":"2.50" "x""#), (#""v":"0.1""#, #""v":"1e999""#),
    ])
    func aBadTradeCostsItself(_ field: String, _ other: String) throws {
        let bad = Self.good.replacing(field, with: other)
        try #require(bad != Self.good)
        for trades in [
            [Self.good, bad], [bad, Self.good], [bad, Self.good, bad], [Self.good, "7"], [Self.good, "null"],
        ] {
            let text = Self.frame(trades.joined(separator: ","))
            let (outcome, messages) = try TradeTransform(symbol: "X").apply(text)
            guard case .incomplete(.message, _) = outcome else {
                Issue.record("\(text) gave \(outcome)")
                return
            }
            #expect(messages.map(\.text) == ["[\(Self.shown)]"])
        }
        #expect(try TradeTransform(symbol: "X").apply(Self.frame(bad)).messages.isEmpty)
    }

    /// The envelope finds the end of `data` by its brackets: what is broken in it is found here.
    @Test func whatComesBeforeABreakIsKept() throws {
        for rest in ["x", "{", "\"", "tru"] {
            let bytes = Array("[\(Self.good),\(rest),\(Self.good)]".utf8)
            try bytes.withUnsafeBytes { bytes in
                var messages: [FeedMessage] = []
                let frame = BybitDataFrame(topic: "t", isSnapshot: true, timestamp: 1, data: JSONCursor(bytes))
                let outcome = try TradeTransform(symbol: "X").apply(frame, to: &messages)
                guard case .incomplete(.message, _) = outcome else {
                    Issue.record("\(rest) gave \(outcome)")
                    return
                }
                #expect(messages.map(\.text) == ["[\(Self.shown)]"])
            }
        }
    }

    @Test func anEmptyFrameGivesNothing() throws {
        #expect(try TradeTransform(symbol: "X").apply(Self.frame()).messages.isEmpty)
    }
}
