import Core
import FeedKit
import NIOCore
import Testing

@testable import BybitFeed

@Suite("An order book is published without a hole, or is subscribed anew")
struct DepthTransformTests {
    private static func frame(_ type: String, _ updateID: Int, bids: String = "[]", asks: String = "[]") -> String {
        #"{"topic":"orderbook.50.X","type":"\#(type)","ts":1,"#
            + #""data":{"s":"X","b":\#(bids),"a":\#(asks),"u":\#(updateID),"seq":9},"cts":1}"#
    }

    private func started(levels: Int = 50) throws -> DepthTransform {
        let transform = DepthTransform(symbol: "X", levels: levels)
        let snapshot = Self.frame("snapshot", 10, bids: #"[["2","1"],["1","1"]]"#, asks: #"[["3","1"]]"#)
        #expect(try transform.apply(snapshot).messages.map(\.kind) == [.snapshot])
        return transform
    }

    private func book(_ text: String, _ updateID: Int) -> String { #"{"symbol":"X",\#(text),"updateId":\#(updateID)}"# }

    @Test func aChangeIsPublishedAsItCame() throws {
        let messages = try started().apply(Self.frame("delta", 11, bids: #"[["2","0"],["1.5","4"]]"#)).messages
        #expect(messages.map(\.kind) == [.update])
        #expect(messages.map(\.text) == [book(#""bids":[["2","0"],["1.5","4"]],"asks":[]"#, 11)])
    }

    @Test(arguments: [9, 10, 12, 100])
    func aHoleOrARepeatInTheNumbersIsNotPublishedAndNeedsASnapshot(_ updateID: Int) throws {
        let transform = try started()
        let (outcome, messages) = try transform.apply(Self.frame("delta", updateID))
        #expect(outcome == .outOfSequence && messages.isEmpty)
        #expect(try transform.apply(Self.frame("delta", updateID + 1)).outcome == .beforeSnapshot)
        #expect(
            try transform.apply(Self.frame("snapshot", 50)).messages.map(\.text) == [book(#""bids":[],"asks":[]"#, 50)]
        )
        #expect(try transform.apply(Self.frame("delta", 51)).outcome == .applied)
    }

    @Test func theHighestNumberEndsNothing() throws {
        let transform = try started()
        #expect(try transform.apply(Self.frame("snapshot", .max)).outcome == .applied)
        #expect(try transform.apply(Self.frame("delta", 11)).outcome == .outOfSequence)
    }

    @Test(arguments: [
        #"{"s":"X","b":[["1.5","4",7]],"a":[["3","0",{"orders":2},null]],"u":11}"#,
        #"{"s":"X","b":[[1.5,4]],"a":[[3,0]],"u":"11"}"#, #"{"b":[["15E-1","0.4e1"]],"a":[["3","0"]],"u":1.1e1}"#,
        #"{"s":"X","new":[],"b":[["1.5","4"]],"a":[["3","0"]],"u":11.0,"seq":null}"#,
    ])
    func aLevelIsTakenHoweverItsNumbersAreWritten(_ data: String) throws {
        let text = #"{"topic":"orderbook.50.X","type":"delta","ts":1,"data":\#(data)}"#
        let (outcome, messages) = try started().apply(text)
        #expect(outcome == .applied)
        #expect(messages.map(\.text) == [book(#""bids":[["1.5","4"]],"asks":[["3","0"]]"#, 11)])
    }

    /// Of coins that cost less than a billionth.
    @Test func aPriceOfManyDecimalsPasses() throws {
        let transform = DepthTransform(symbol: "X", levels: 50)
        let snapshot = Self.frame(
            "snapshot",
            10,
            bids: #"[["0.000000000012","1"],["0.00000000001","1"]]"#,
            asks: #"[["0.0000000000125","1"],["0.000000000013","1"]]"#
        )
        let sent =
            #""bids":[["0.000000000012","1"],["0.00000000001","1"]],"#
            + #""asks":[["0.0000000000125","1"],["0.000000000013","1"]]"#
        #expect(try transform.apply(snapshot).messages.map(\.text) == [book(sent, 10)])
        let change = Self.frame("delta", 11, bids: #"[["0.0000000000121","2"],["0.000000000010","0"]]"#)
        #expect(try transform.apply(change).outcome == .applied)
        let state = try #require(transform.state())
        let whole =
            #""bids":[["0.0000000000121","2"],["0.000000000012","1"]],"#
            + #""asks":[["0.0000000000125","1"],["0.000000000013","1"]]"#
        #expect(String(buffer: state) == book(whole, 11))
    }

    @Test func numberOneIsAFullReset() throws {
        let messages = try started().apply(Self.frame("delta", 1, bids: #"[["7","7"]]"#)).messages
        #expect(messages.map(\.kind) == [.snapshot])
        #expect(messages.map(\.text) == [book(#""bids":[["7","7"]],"asks":[]"#, 1)])
    }

    @Test func aSnapshotAtAnyTimeReplacesTheBook() throws {
        let messages = try started().apply(Self.frame("snapshot", 90, asks: #"[["8","1"]]"#)).messages
        #expect(messages.map(\.text) == [book(#""bids":[],"asks":[["8","1"]]"#, 90)])
    }

    @Test func changesBeforeTheFirstSnapshotAndAfterAResetGiveNothing() throws {
        #expect(try DepthTransform(symbol: "X", levels: 50).apply(Self.frame("delta", 11)).outcome == .beforeSnapshot)
        let transform = try started()
        transform.reset()
        let (outcome, messages) = try transform.apply(Self.frame("delta", 11))
        #expect(outcome == .beforeSnapshot && messages.isEmpty)
    }

    @Test func theWholeBookIsPublishedEvery200Changes() throws {
        let transform = try started()
        var snapshots: [Int] = []
        for step in 1...450 {
            let messages = try transform.apply(Self.frame("delta", 10 + step, bids: #"[["1.5","\#(step)"]]"#)).messages
            try #require(messages.count == 1)
            guard messages[0].kind == .snapshot else { continue }
            snapshots.append(step)
            let whole = #""bids":[["2","1"],["1.5","\#(step)"],["1","1"]],"asks":[["3","1"]]"#
            #expect(messages[0].text == book(whole, 10 + step))
        }
        #expect(snapshots == [200, 400])
    }

    @Test func depthOneDropsItsRepeats() throws {
        let transform = try started(levels: 1)
        #expect(try transform.apply(Self.frame("snapshot", 10)).messages.isEmpty)
        #expect(try transform.apply(Self.frame("snapshot", 11)).messages.count == 1)
        transform.reset()
        #expect(try transform.apply(Self.frame("snapshot", 11)).messages.count == 1)
        #expect(try started(levels: 50).apply(Self.frame("snapshot", 10)).messages.count == 1)
    }

    @Test(arguments: [
        #"{"s":"X","b":[],"a":[]}"#, #"{"s":"X","b":[],"u":11}"#, #"{"s":"X","a":[],"u":11}"#,
        #"{"s":"X","b":null,"a":[],"u":11}"#, #"{"s":"X","b":[],"a":[],"u":11.5}"#,
        #"{"s":"Y","b":[],"a":[],"u":11}"#, #"{"s":"X","b":[["1"]],"a":[],"u":11}"#,
        #"{"s":"X","b":[["1",""]],"a":[],"u":11}"#, #"{"s":"X","b":[["1",null]],"a":[],"u":11}"#,
        #"{"s":"X","b":[["1","0"]],"a":[["x","1"]],"u":11}"#, #"{"s":"X","b":[],"a":[],"u":"eleven"}"#, "[]",
    ])
    func aBadFrameLeavesTheBookAsItWas(_ data: String) throws {
        let transform = try started()
        for type in ["delta", "snapshot"] {
            let text = #"{"topic":"orderbook.50.X","type":"\#(type)","ts":1,"data":\#(data)}"#
            #expect(throws: JSONError.self) { try transform.apply(text) }
        }
        for step in 1..<200 { _ = try transform.apply(Self.frame("delta", 10 + step)) }
        let whole = try transform.apply(Self.frame("delta", 210)).messages
        #expect(whole.map(\.text) == [book(#""bids":[["2","1"],["1","1"]],"asks":[["3","1"]]"#, 210)])
    }
}
