import Foundation
import Shared
import Testing

@testable import Ingestor

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

    @Test(arguments: [
        #""Sell""# + "→" + #""sell""#, #""0.1""# + "→0.1", #""2.50""# + "→null", #""2.50""# + "→" + #""""#, "true→1",
        "5→\"5\"",
        #""X""# + "→" + #""Y""#, #","i":"id-1""# + "→", #","p":"2.50""# + "→", #","BT":true"# + "→", #""T":5,"# + "→",
        #""id-1""# + "→" + #""a\"b""#,
    ])
    func oneBadTradeCostsTheWholeFrame(_ change: String) throws {
        let parts = change.split(separator: "→", omittingEmptySubsequences: false).map(String.init)
        let bad = Self.good.replacingOccurrences(of: parts[0], with: parts[1])
        try #require(bad != Self.good)
        let transform = TradeTransform(symbol: "X")
        #expect(throws: JSONError.self) { try transform.apply(Self.frame(Self.good, bad)) }
        #expect(try transform.apply(Self.frame(Self.good)).messages.map(\.text) == ["[\(Self.shown)]"])
    }

    @Test func anEmptyFrameGivesNothing() throws {
        #expect(try TradeTransform(symbol: "X").apply(Self.frame()).messages.isEmpty)
    }
}
