import FeedKit
import NIOCore
import Platform
import Synchronization
import Testing

@testable import BybitFeed

@Suite("A Bybit session is one of N connections, and each answers for its own topics")
struct BybitSessionTests {
    @Test func connectionsAreOpenedWhenTheyAreNeeded() throws {
        let bench = try SessionBench(connections: 3)
        try bench.want("A", "B")
        #expect(bench.topics == [1: ["A", "B"]])
        try bench.want("C")
        #expect(bench.topics == [1: ["A", "B"], 2: ["C"]])
        try bench.want("D", "E", "F")
        #expect(bench.topics == [1: ["A", "B"], 2: ["C", "D"], 3: ["E", "F"]])
        #expect(bench.news() == ["A", "B", "C", "D", "E", "F"].map { "confirmed \($0)" })
        #expect(bench.feed.counters.subscribedTopics.get() == 6)
    }

    @Test func oneThatIsCutInterruptsItsOwnTopicsOnly() throws {
        let bench = try SessionBench(connections: 2)
        try bench.want("A", "B", "C", "D")
        _ = bench.news()
        bench.lose(2)
        #expect(bench.news().sorted() == ["interrupted C", "interrupted D"])
        #expect(bench.feed.counters.isConnected, "the other goes on")
        #expect(bench.feed.counters.subscribedTopics.get() == 2)
        try bench.answerAll()
        #expect(bench.news().sorted() == ["confirmed C", "confirmed D"])
        #expect(bench.topics == [1: ["A", "B"], 2: ["C", "D"]])
    }

    /// A connection may answer pings for ever and bring nothing: then the age of the data grows.
    @Test func onlyFramesWithDataSayThatDataComes() throws {
        let bench = try SessionBench(connections: 1)
        try bench.want("A")
        let counters = bench.feed.counters
        let connection = try #require(bench.connection(1))
        let pongs = [
            #"{"success":true,"ret_msg":"pong","conn_id":"x","req_id":"","op":"ping"}"#,
            #"{"op":"pong","args":["1704063600000"]}"#,
        ]
        for text in pongs + ["no JSON"] { connection.received(ByteBuffer(string: text)) }
        let received = counters.framesReceived.get()
        let before = counters.lastDataAt.load(ordering: .relaxed)
        #expect(received >= 4 && before == 0, "the answer to the subscription, two pongs, and what nobody can read")
        let data = #"{"symbol":"A","lastPrice":"1.5"}"#
        connection.received(
            ByteBuffer(string: #"{"topic":"tickers.A","type":"snapshot","cs":1,"ts":1704063600000,"data":\#(data)}"#)
        )
        let after = counters.lastDataAt.load(ordering: .relaxed)
        #expect(abs(after - WallClock.milliseconds()) < 60_000)
    }

    @Test func beyondWhatAllCarryATopicWaitsAndThePagesSaySo() throws {
        let bench = try SessionBench(connections: 2)
        try bench.want("A", "B", "C", "D", "E")
        try bench.tick()
        #expect(bench.topics == [1: ["A", "B"], 2: ["C", "D"]])
        let notices = bench.feed.counters.report.withLock { $0.notices }
        #expect(notices == ["connection 1: the connection to the exchange is full: 1 topics wait for room"])
        #expect(
            !bench.news().contains { $0.hasSuffix("E") && !$0.hasPrefix("confirmed") },
            "it is neither refused nor dropped"
        )
    }

    /// E waits where the first connection was full; room comes on the second.
    @Test func whatWaitsOnAFullConnectionGoesWhereSomethingLeaves() throws {
        let bench = try SessionBench(connections: 2)
        try bench.want("A", "B", "C", "D", "E")
        bench.unwant("C")
        _ = bench.news()
        try bench.tick()
        #expect(bench.topics == [1: ["A", "B"], 2: ["D", "E"]])
        #expect(bench.news() == ["dropped C", "confirmed E"])
        try bench.tick()
        #expect(bench.feed.counters.report.withLock { $0 } == FeedReport())
    }

    @Test func aConnectionWithoutTopicsIsClosedAfterAWhileButForTheLast() throws {
        let bench = try SessionBench(connections: 2)
        try bench.want("A", "B", "C")
        bench.unwant("C")
        bench.lose(2)
        for _ in 0..<BybitSession.idleTicks { try bench.tick() }
        #expect(bench.topics == [1: ["A", "B"]])
        bench.unwant("A")
        bench.unwant("B")
        bench.lose(1)
        for _ in 0..<BybitSession.idleTicks { try bench.tick() }
        #expect(bench.topics == [1: []])
        try bench.want("D", "E", "F")
        #expect(bench.topics == [1: ["D", "E"], 2: ["F"]])
    }

    @Test func whatComesAfterTheTermIsNobodys() throws {
        let bench = try SessionBench(connections: 2)
        try bench.want("A", "B", "C")
        _ = bench.news()
        let second = try #require(bench.connection(2))
        bench.session.end()
        second.closed(reason: "late")
        second.received(
            .init(string: #"{"topic":"tickers.C","type":"snapshot","ts":5,"data":{"symbol":"C","lastPrice":"1"}}"#)
        )
        #expect(bench.news().isEmpty)
        #expect(bench.feed.counters.subscribedTopics.get() == 0)
        #expect(bench.feed.counters.outages(at: .now()).isEmpty)
    }
}
