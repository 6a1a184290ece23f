import Core
import FeedKit
import Testing

@testable import BybitFeed

@Suite("A liquidation says which position was closed")
struct LiquidationTransformTests {
    private static func frame(_ events: String...) -> String {
        #"{"topic":"allLiquidation.X","type":"snapshot","ts":1,"data":[\#(events.joined(separator: ","))]}"#
    }

    @Test func theExchangesBuyIsALongAndItsSellAShort() throws {
        let messages = try LiquidationTransform(symbol: "X").apply(
            Self.frame(
                #"{"T":1739502302929,"s":"X","S":"Sell","v":"20000","p":"0.04499"}"#,
                #"{"p":"0.045","v":"1","S":"Buy","s":"X","T":2}"#
            )
        ).messages
        #expect(messages.map(\.kind) == [.update])
        let expected =
            #"[{"symbol":"X","side":"short","price":"0.04499","quantity":"20000","time":1739502302929},"#
            + #"{"symbol":"X","side":"long","price":"0.045","quantity":"1","time":2}]"#
        #expect(messages.map(\.text) == [expected])
    }

    private static let good = #"{"T":1,"s":"X","S":"Buy","v":"1","p":"1.5"}"#
    private static let shown = #"{"symbol":"X","side":"long","price":"1.5","quantity":"1","time":1}"#

    @Test(arguments: [
        #"{"T":"1","s":"X","S":"Buy","v":1,"p":1.5}"#, #"{"T":1e0,"S":"Buy","v":"1E0","p":"0.15e1","new":[]}"#,
    ])
    func oneIsTakenHoweverItsNumbersAreWritten(_ event: String) throws {
        let (outcome, messages) = try LiquidationTransform(symbol: "X").apply(Self.frame(event, Self.good))
        #expect(outcome == .applied)
        #expect(messages.map(\.text) == ["[\(Self.shown),\(Self.shown)]"])
    }

    @Test func aWordForTheSideThatNobodyKnowsIsPassedOn() throws {
        let (outcome, messages) = try LiquidationTransform(symbol: "X")
            .apply(Self.frame(Self.good.replacing("Buy", with: "Both")))
        #expect(outcome == .applied)
        #expect(messages.map(\.text) == ["[\(Self.shown.replacing("long", with: "Both"))]"])
    }

    @Test(arguments: [
        #"{"T":"then","s":"X","S":"Buy","v":"1","p":"1"}"#, #"{"T":1,"s":"X","S":1,"v":"1","p":"1"}"#,
        #"{"T":1,"s":"Y","S":"Buy","v":"1","p":"1"}"#, #"{"s":"X","S":"Buy","v":"1","p":"1"}"#,
        #"{"T":1,"s":"X","v":"1","p":"1"}"#, #"{"T":1,"s":"X","S":"Buy","p":"1"}"#,
        #"{"T":1,"s":"X","S":"Buy","v":"1"}"#, #"{"T":1,"s":"X","S":"Buy","v":"1","p":null}"#,
        #"{"T":1,"s":"X","S":"Buy","v":"1","p":""}"#, "1",
    ])
    func aBadOneCostsItself(_ event: String) throws {
        let (outcome, messages) = try LiquidationTransform(symbol: "X").apply(Self.frame(event, Self.good))
        guard case .incomplete(.message, _) = outcome else {
            Issue.record("\(event) gave \(outcome)")
            return
        }
        #expect(messages.map(\.text) == ["[\(Self.shown)]"])
    }

    @Test func anEmptyFrameGivesNothing() throws {
        #expect(try LiquidationTransform(symbol: "X").apply(Self.frame()).messages.isEmpty)
    }
}
