import Core
import FeedKit
import NIOCore
import Platform
import Testing

@testable import BybitFeed
@testable import Ingestor

@Suite("What can't be read is told: a gap where messages are lost, a fresh snapshot where a state may be wrong")
struct IngestPipelineUnreadableTests {
    private static let kinds = ["trade.X", "liquidation.X", "ticker.X", "kline.1m.X", "depth.50.X"]

    private func bench(_ streams: [String] = kinds) throws -> PipelineBench {
        let bench = try PipelineBench()
        bench.connect()
        for stream in streams { try bench.want(stream) }
        try bench.confirmAll()
        return bench
    }

    private static let liquidation =
        #"{"topic":"allLiquidation.X","type":"snapshot","ts":5,"data":[{"T":5,"s":"X","S":"Buy","v":"1","p":"1"}]}"#

    private static func candle(confirm: Bool, close: String = #""1""#) -> String {
        #"{"topic":"kline.1.X","data":[{"start":0,"end":59999,"interval":"1","open":"1","close":\#(close),"high":"1","#
            + #""low":"1","volume":"1","turnover":"1","confirm":\#(confirm),"timestamp":1}],"ts":1,"type":"snapshot"}"#
    }

    private static func trade(_ trades: String...) -> String {
        #"{"topic":"publicTrade.X","type":"snapshot","ts":5,"data":[\#(trades.joined(separator: ","))]}"#
    }

    private static func oneTrade(_ id: String, quantity: String = #""1""#) -> String {
        #"{"T":5,"s":"X","S":"Buy","v":\#(quantity),"p":"1","i":"\#(id)","BT":false}"#
    }

    /// What was published, and the ids of the trades in it: `update 1,2`.
    private func trades(_ bench: PipelineBench) -> [String] {
        bench.published.joined().map { publication in
            let text = String(buffer: publication.data)
            let ids = text.split(separator: "\"id\":\"").dropFirst().map { $0.prefix { $0 != "\"" } }
            return "\(publication.position.sequence) \(publication.kind) \(ids.joined(separator: ","))"
                .replacing("Core.GapReason.", with: "")
        }
    }

    @Test func aTradeThatCanNotBeReadIsAGapBehindTheGoodOnesOfItsFrame() throws {
        let bench = try bench(["trade.X"])
        bench.deliver(
            Self.trade(Self.oneTrade("1")),
            Self.trade(Self.oneTrade("2"), Self.oneTrade("bad", quantity: "[]"), Self.oneTrade("3")),
            Self.trade(Self.oneTrade("4"))
        )
        #expect(trades(bench) == ["1 update 1", "2 update 2,3", "3 gap(upstream) ", "4 update 4"])
        #expect(bench.feed.counters.incompleteFrames.get() == 1 && bench.feed.counters.malformedFrames.get() == 0)
    }

    @Test func numbersInAnotherShapeCostNothing() throws {
        let bench = try bench(["trade.X"])
        bench.deliver(
            Self.trade(Self.oneTrade("1")),
            Self.trade(Self.oneTrade("2", quantity: "0.5"), Self.oneTrade("3", quantity: #""5E-7""#)),
            Self.trade(Self.oneTrade("4").replacing(#","BT":false"#, with: ""))
        )
        #expect(trades(bench) == ["1 update 1", "2 update 2,3", "3 update 4"])
    }

    /// Each in place of the middle one of three frames.
    @Test(
        arguments: [
            trade(oneTrade("2", quantity: "null")), trade("7"), trade(oneTrade("2"), "x"),
            #"{"topic":"publicTrade.X","type":"snapshot","ts":5,"data":{}}"#,
            #"{"topic":"publicTrade.X","type":"snapshot","ts":5}"#,
            #"{"type":"snapshot","data":[{}],"topic":"publicTrade.X","#,
            #"{"topic":"publicTrade.X","type":"snap"#, #"{"topic" : "publicTrade.X""#,
            #"{"ts":5,"data":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[],"topic":"publicTrade.X"}"#,
        ]
    )
    func aFrameOfTradesThatCanNotBeReadIsAGapInItsPlace(_ bad: String) throws {
        let bench = try bench(["trade.X", "trade.Y"])
        bench.deliver(Self.trade(Self.oneTrade("1")), bad, Self.trade(Self.oneTrade("4")), PipelineBench.trade("Y"))
        let words = trades(bench).filter { !$0.contains("2 update 2") }
        #expect(words.count == 4 && words[0] == "1 update 1" && words[1].hasSuffix(" gap(upstream) "))
        #expect(words[2].hasSuffix(" update 4") && words[3] == "1 update id")
        #expect(bench.isConnected)
        #expect(try bench.requests().isEmpty)
    }

    @Test func aFrameBeyondTheBoundIsAGapOfItsTopic() throws {
        let bench = try bench(["trade.X", "trade.Y", "ticker.X"])
        bench.deliver(Self.trade(Self.oneTrade("1")), PipelineBench.ticker("snapshot", "X"), PipelineBench.trade("Y"))
        let beginning = ByteBuffer(string: #"{"topic":"publicTrade.X","type":"snapshot","ts":5,"data":[{"T"#)
        bench.connection?.receivedOversized(beginning, bytes: 9_000_000)
        bench.deliver(Self.trade(Self.oneTrade("2")), PipelineBench.ticker("delta", "X"), PipelineBench.trade("Y"))
        let expected = [
            "trade.X 1 update", "ticker.X 1 snapshot", "trade.Y 1 update", "trade.X 2 gap(upstream)",
            "trade.X 3 update",
            "ticker.X 2 update", "trade.Y 2 update",
        ]
        #expect(bench.words == expected)
        #expect(bench.feed.counters.oversizedFrames.get() == 1)
        #expect(try bench.requests().isEmpty)
    }

    @Test func whereItsTopicCanNotBeToldEveryStreamMayHaveLostIt() throws {
        let bench = try bench(Self.kinds)
        bench.deliver("{")
        #expect(
            Set(bench.words) == [
                "trade.X 1 gap(upstream)", "liquidation.X 1 gap(upstream)", "kline.1m.X 1 gap(upstream)",
            ]
        )
        #expect(
            Set(try bench.requests().flatMap(\.topics)) == ["kline.1.X", "orderbook.50.X", "tickers.X"],
            "those with state are subscribed anew"
        )
    }

    @Test func aLostLiquidationIsAGap() throws {
        let bench = try bench(["liquidation.X"])
        bench.deliver(Self.liquidation, Self.liquidation.replacing(#""T":5"#, with: #""T":null"#), Self.liquidation)
        #expect(bench.words == ["liquidation.X 1 update", "liquidation.X 2 gap(upstream)", "liquidation.X 3 update"])
    }

    @Test func oneNoticeStandsForWhatIsLostInARow() throws {
        let bench = try bench(["trade.X"])
        let bad = Self.trade(Self.oneTrade("bad", quantity: "[]"))
        for _ in 0..<3 { bench.deliver(bad, bad, "{\"topic\":\"publicTrade.X\"", Self.trade(Self.oneTrade("1"))) }
        #expect(
            bench.published.joined().map(\.kind)
                == [.gap(.upstream), .update, .gap(.upstream), .update, .gap(.upstream), .update]
        )
    }

    @Test func aNoticeIsRepeatedOnceASecond() {
        var notice = LossNotice()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        let told = (0..<35).filter { notice.lose(at: start + .milliseconds(100) * $0) }
        #expect(told == [0, 10, 20, 30])
        notice.deliver()
        let isDue = notice.lose(at: start + .milliseconds(3_500))
        #expect(isDue)
    }

    @Test func theNoticeStandsForAnOutageToo() throws {
        let bench = try bench(["trade.X"])
        bench.deliver(Self.trade(Self.oneTrade("1")))
        bench.lose()
        bench.connect()
        bench.deliver(Self.trade(Self.oneTrade("bad", quantity: "[]")), Self.trade(Self.oneTrade("2")))
        try bench.confirmAll()
        #expect(trades(bench) == ["1 update 1", "2 gap(upstream) ", "3 update 2"])
    }

    @Test func aTickerShowsWhatCanBeReadAndIsSubscribedAnew() throws {
        let bench = try bench(["ticker.X"])
        let delta =
            #"{"topic":"tickers.X","type":"delta","ts":5,"data":{"symbol":"X","markPrice":[],"bid1Price":"3","bid1Size":"1"}}"#
        bench.deliver(PipelineBench.ticker("snapshot", "X"), delta)
        let shown = bench.published.joined().last.map { String(buffer: $0.data) }
        #expect(shown == #"{"symbol":"X","price":"1","bid":{"price":"3","size":"1"}}"#)
        let request = try #require(try bench.requests().first)
        #expect(request.operation == "unsubscribe" && request.topics == ["tickers.X"])
        bench.deliver(delta, PipelineBench.answer(to: request))
        #expect(try bench.requests().map(\.operation) == ["subscribe"])
        bench.deliver(PipelineBench.ticker("snapshot", "X", price: #""2""#))
        #expect(bench.words.last == "ticker.X 4 snapshot")
    }

    @Test(arguments: ["ticker.X", "depth.50.X"])
    func aStateWhoseFrameCanNotBeReadIsSubscribedAnewWithoutAGap(_ stream: String) throws {
        let bench = try bench([stream])
        let topic = try #require(BybitTopic(try StreamName(canonical: stream))).name
        bench.deliver(PipelineBench.ticker("snapshot", "X"), PipelineBench.book("snapshot", "X", 1))
        bench.deliver(#"{"topic":"\#(topic)","type":"delta","ts":5,"data":{"u"#)
        #expect(try bench.requests().map(\.topics) == [[topic]])
        #expect(bench.words == ["\(stream) 1 snapshot"])
    }

    @Test func aCandleThatMayHaveClosedIsAGapAndOneThatIsOpenIsNone() throws {
        let bench = try bench(["kline.1m.X"])
        bench.deliver(Self.candle(confirm: false), Self.candle(confirm: false, close: "null"))
        #expect(try bench.requests().map(\.topics) == [["kline.1.X"]])
        #expect(bench.words == ["kline.1m.X 1 snapshot"])
        bench.deliver(Self.candle(confirm: true, close: "null"), Self.candle(confirm: false))
        #expect(bench.words.dropFirst() == ["kline.1m.X 2 gap(upstream)", "kline.1m.X 3 update"])
    }

    @Test func aSnapshotOfAContractWithoutAPriceIsThereAtOnce() throws {
        let bench = try bench(["ticker.X"])
        bench.deliver(PipelineBench.ticker("snapshot", "X", price: #""""#))
        #expect(bench.words == ["ticker.X 1 snapshot"])
        #expect(try bench.requests().isEmpty)
    }

    @Test func aPublicationThatCanNotBeReadStandsInNobodysWay() throws {
        let bench = try bench(Self.kinds)
        for _ in 0..<100 { bench.deliver("{", Self.trade("7"), #"{"topic":"tickers.X","data":1}"#) }
        let perStream = Dictionary(grouping: bench.published.joined(), by: \.stream)
        #expect(perStream.values.allSatisfy { $0.count <= 3 }, "told once a second, not once a frame")
        #expect(try bench.requests().count <= 3)
        bench.deliver(Self.trade(Self.oneTrade("1")), PipelineBench.ticker("snapshot", "X"))
        #expect(bench.words.suffix(2).map { $0.split(separator: " ")[2] } == ["update", "snapshot"])
    }
}
