import Core
import FeedKit
import Foundation
import Testing

@testable import BybitFeed

@Suite("A ticker is always whole, and never shows what the exchange did not send")
struct TickerTransformTests {
    private static let names = [
        "price": "lastPrice", "markPrice": "markPrice", "indexPrice": "indexPrice", "high24h": "highPrice24h",
        "low24h": "lowPrice24h", "prevPrice24h": "prevPrice24h", "volume24h": "volume24h", "turnover24h": "turnover24h",
        "tickDirection": "tickDirection", "openInterest": "openInterest", "openInterestValue": "openInterestValue",
        "fundingRate": "fundingRate", "nextFundingTime": "nextFundingTime",
    ]

    /// What clients must be shown of a merged state, made without the code under test.
    private static func expected(_ state: [String: Any], symbol: String) -> NSDictionary {
        var shown: [String: Any] = ["symbol": symbol]
        for (name, field) in names { shown[name] = state[field] }
        if let ratio = (state["price24hPcnt"] as? String).flatMap({ Decimal(string: $0) }) {
            var (scaled, rounded) = (ratio * 100, Decimal())
            NSDecimalRound(&rounded, &scaled, 2, .plain)
            shown["change24hPercent"] = String(format: "%.2f", NSDecimalNumber(decimal: rounded).doubleValue)
        }
        for side in ["bid", "ask"] {
            if let price = state["\(side)1Price"], let size = state["\(side)1Size"] {
                shown[side] = ["price": price, "size": size]
            }
        }
        return shown as NSDictionary
    }

    /// Skipped where the recordings are not beside the package.
    @Test(
        .enabled(if: RecordedFrames.areThere),
        arguments: [
            ("linear-tickers-BTCUSDT.jsonl", "BTCUSDT"), ("linear-tickers-BTCUSDT-ETHUSDT.jsonl", "BTCUSDT"),
            ("linear-tickers-BTCUSDT-ETHUSDT.jsonl", "ETHUSDT"),
        ]
    )
    func recorded(file: String, symbol: String) throws {
        let transform = TickerTransform(symbol: symbol)
        var state: [String: Any] = [:]
        let frames = try RecordedFrames.frames(file, topic: "tickers.\(symbol)")
        try #require(frames.count >= 5)
        for (text, object) in frames {
            let isSnapshot = object["type"] as? String == "snapshot"
            let fields = try #require(object["data"] as? [String: Any])
            state = isSnapshot ? fields : state.merging(fields) { $1 }
            let (outcome, messages) = try transform.apply(text)
            #expect(outcome == .applied)
            try #require(messages.count == 1)
            #expect(messages[0].kind == (isSnapshot ? .snapshot : .update))
            let shown = try #require(try Parsed.value(messages[0].data) as? NSDictionary)
            #expect(shown == Self.expected(state, symbol: symbol))
            let price = try #require(shown["price"] as? String)
            #expect(price != "0" && !price.isEmpty)
        }
    }

    private static func frame(_ type: String, _ fields: String) -> String {
        #"{"topic":"tickers.X","type":"\#(type)","ts":1,"data":{"symbol":"X"\#(fields.isEmpty ? "" : ",")\#(fields)}}"#
    }

    private func started() throws -> TickerTransform {
        let transform = TickerTransform(symbol: "X")
        _ = try transform.apply(
            Self.frame("snapshot", #""lastPrice":"5.0","markPrice":"5.1","bid1Price":"4","bid1Size":"2""#)
        )
        return transform
    }

    @Test func aChangeBeforeAnyStateGivesNothing() throws {
        let transform = TickerTransform(symbol: "X")
        let (outcome, messages) = try transform.apply(Self.frame("delta", #""lastPrice":"5""#))
        #expect(outcome == .beforeSnapshot && messages.isEmpty)
    }

    @Test func afterAResetTheOldStateIsGone() throws {
        let transform = try started()
        transform.reset()
        #expect(try transform.apply(Self.frame("delta", #""lastPrice":"6""#)).outcome == .beforeSnapshot)
    }

    @Test func aDeltaWithoutAPriceKeepsThePrice() throws {
        let message = try started().apply(Self.frame("delta", #""markPrice":"6""#)).messages
        #expect(
            message.map(\.text) == [#"{"symbol":"X","price":"5.0","markPrice":"6","bid":{"price":"4","size":"2"}}"#]
        )
    }

    @Test func aSnapshotReplacesEverything() throws {
        let messages = try started().apply(Self.frame("snapshot", #""lastPrice":"7""#)).messages
        #expect(messages.map(\.text) == [#"{"symbol":"X","price":"7"}"#])
        #expect(messages.first?.kind == .snapshot)
    }

    @Test func numbersAreTakenHoweverTheyAreWritten() throws {
        let fields =
            #""lastPrice":9.50,"markPrice":"8e-7","price24hPcnt":"-1.229E-2","tickDirection":"NewTick","new":[]"#
        let (outcome, messages) = try started().apply(Self.frame("delta", fields))
        #expect(outcome == .applied)
        let shown =
            #"{"symbol":"X","price":"9.50","markPrice":"0.0000008","change24hPercent":"-1.23","tickDirection":"NewTick","#
            + #""bid":{"price":"4","size":"2"}}"#
        #expect(messages.map(\.text) == [shown])
        let later = try started().apply(Self.frame("delta", #""markPrice":8E2"#)).messages
        #expect(
            later.map(\.text) == [#"{"symbol":"X","price":"5.0","markPrice":"800","bid":{"price":"4","size":"2"}}"#]
        )
    }

    /// An odd field, and what is shown of a change and of a whole state that has it beside a new mark price and ask.
    @Test(arguments: [
        #""lastPrice":[]"#, #""lastPrice":null"#, #""lastPrice":"x""#, #""lastPrice":{"symbol":"Y"}"#,
        #""lastPrice":true"#,
        #""lastPrice":"1e999""#, #""tickDirection":[]"#, #""openInterest":"many""#,
    ])
    func anOddFieldKeepsItsValueAndCostsASnapshot(_ odd: String) throws {
        let fresh = #""markPrice":"8","ask1Price":"9","ask1Size":"1""#
        for fields in ["\(odd),\(fresh)", "\(fresh),\(odd)"] {
            let (outcome, messages) = try started().apply(Self.frame("delta", fields))
            guard case .incomplete(.snapshot, _) = outcome else {
                Issue.record("\(fields) gave \(outcome)")
                return
            }
            let shown =
                #"{"symbol":"X","price":"5.0","markPrice":"8","bid":{"price":"4","size":"2"},"ask":{"price":"9","size":"1"}}"#
            #expect(messages.map(\.text) == [shown])
        }
    }

    @Test(arguments: [#""bid1Price":"6","bid1Size":[]"#, #""bid1Size":"7","bid1Price":[]"#])
    func halfAQuoteIsNone(_ fields: String) throws {
        let messages = try started().apply(Self.frame("delta", #""markPrice":"8","# + fields)).messages
        #expect(
            messages.map(\.text) == [#"{"symbol":"X","price":"5.0","markPrice":"8","bid":{"price":"4","size":"2"}}"#]
        )
    }

    @Test(arguments: [
        #""lastPrice":[]"#, #""bid1Price":["1"],"bid1Size":"5""#, #""markPrice":"8","symbol":"Y""#,
        #""markPrice":"8","symbol":1"#, #""markPrice":"8" "x""#,
    ])
    func aFrameOfWhichNothingCanBeUsedChangesNothing(_ fields: String) throws {
        let transform = try started()
        for type in ["delta", "snapshot"] {
            #expect(throws: JSONError.self) { try transform.apply(Self.frame(type, fields)) }
        }
        let messages = try transform.apply(Self.frame("delta", "")).messages
        #expect(
            messages.map(\.text) == [#"{"symbol":"X","price":"5.0","markPrice":"5.1","bid":{"price":"4","size":"2"}}"#]
        )
    }

    /// A contract that is not traded yet.
    @Test(arguments: [
        #""lastPrice":"","markPrice":"5""#, #""markPrice":"5","lastPrice":null"#, #""markPrice":"5""#,
    ])
    func aSnapshotWithoutAPriceIsATickerWithAnEmptyPrice(_ fields: String) throws {
        let transform = TickerTransform(symbol: "X")
        let (outcome, messages) = try transform.apply(Self.frame("snapshot", fields))
        #expect(outcome == .applied)
        #expect(messages.map(\.kind) == [.snapshot])
        #expect(messages.map(\.text) == [#"{"symbol":"X","price":"","markPrice":"5"}"#])
        let later = try transform.apply(Self.frame("delta", #""lastPrice":"7""#)).messages
        #expect(later.map(\.text) == [#"{"symbol":"X","price":"7","markPrice":"5"}"#])
        let again = try transform.apply(Self.frame("delta", #""lastPrice":"""#)).messages
        #expect(again.map(\.text) == [#"{"symbol":"X","price":"","markPrice":"5"}"#])
    }

    @Test func aSnapshotThatSaysNothingIsNoState() throws {
        let transform = TickerTransform(symbol: "X")
        #expect(throws: JSONError.self) { try transform.apply(Self.frame("snapshot", #""new":1"#)) }
        #expect(try transform.apply(Self.frame("delta", #""markPrice":"5""#)).outcome == .beforeSnapshot)
    }

    @Test func theTopicNamesTheSymbolWhereTheDataDoNot() throws {
        func apply(_ data: String) throws -> [String] {
            let text = #"{"topic":"tickers.X","type":"snapshot","ts":1,"data":\#(data)}"#
            return try TickerTransform(symbol: "X").apply(text).messages.map(\.text)
        }
        #expect(try apply(#"{"lastPrice":"1"}"#) == [#"{"symbol":"X","price":"1"}"#])
        #expect(throws: JSONError.self) { try apply(#"{"symbol":"Y","lastPrice":"1"}"#) }
    }

    @Test func theEmptyFundingOfDatedFuturesStaysEmpty() throws {
        let fields = #""lastPrice":"1","fundingRate":"","nextFundingTime":"""#
        let messages = try TickerTransform(symbol: "X").apply(Self.frame("snapshot", fields)).messages
        #expect(messages.map(\.text) == [#"{"symbol":"X","price":"1","fundingRate":"","nextFundingTime":""}"#])
    }
}
