import BybitFeed
import Core
import FeedKit
import Platform
import Testing

@testable import Ingestor

@Suite("Events that may be missing are told, once, before the next; states need no telling")
struct IngestPipelineGapTests {
    private func bench() throws -> PipelineBench {
        let bench = try PipelineBench()
        bench.connect()
        for stream in ["trade.X", "ticker.X", "kline.1m.X", "depth.50.X"] { try bench.want(stream) }
        try bench.confirmAll()
        return bench
    }

    private let candle =
        #"{"topic":"kline.1.X","data":[{"start":0,"end":59999,"interval":"1","open":"1","close":"1","high":"1","low":"1","#
        + #""volume":"1","turnover":"1","confirm":false,"timestamp":1}],"ts":1,"type":"snapshot"}"#

    private func deliverAll(to bench: PipelineBench) {
        bench.deliver(
            PipelineBench.trade("X"),
            PipelineBench.ticker("snapshot", "X"),
            candle,
            PipelineBench.book("snapshot", "X", 1)
        )
    }

    private static let firstRound = [
        "trade.X 1 update", "ticker.X 1 snapshot", "kline.1m.X 1 snapshot", "depth.50.X 1 snapshot",
    ]

    @Test func afterAReconnectOneGapPrecedesTheNextTrade() throws {
        let bench = try bench()
        deliverAll(to: bench)
        bench.lose()
        bench.connect()
        try bench.confirmAll()
        deliverAll(to: bench)
        deliverAll(to: bench)
        let expected =
            Self.firstRound + [
                "trade.X 2 gap(upstream)",
                "trade.X 3 update", "ticker.X 2 snapshot", "kline.1m.X 2 snapshot", "depth.50.X 2 snapshot",
                "trade.X 4 update", "ticker.X 3 snapshot", "kline.1m.X 3 update", "depth.50.X 3 snapshot",
            ]
        #expect(bench.words == expected)
    }

    @Test func dataBeforeTheAcknowledgementDoesNotMakeASecondGap() throws {
        let bench = try bench()
        deliverAll(to: bench)
        bench.lose()
        bench.connect()
        deliverAll(to: bench)
        try bench.confirmAll()
        deliverAll(to: bench)
        let trades = bench.words.filter { $0.hasPrefix("trade") }
        #expect(trades == ["trade.X 1 update", "trade.X 2 gap(upstream)", "trade.X 3 update", "trade.X 4 update"])
    }

    @Test func aStreamWithoutAPastHasNoGap() throws {
        let bench = try bench()
        bench.lose()
        bench.connect()
        try bench.confirmAll()
        deliverAll(to: bench)
        #expect(bench.words == Self.firstRound)
    }

    @Test func aStreamThatGoesOnAfterItsHistoryBeginsWithAGap() throws {
        let bench = try PipelineBench()
        bench.connect()
        try bench.want("trade.X", after: 10)
        try bench.want("ticker.X", after: 10)
        try bench.confirmAll()
        bench.deliver(PipelineBench.trade("X"), PipelineBench.ticker("snapshot", "X"))
        #expect(bench.words == ["trade.X 11 gap(failover)", "trade.X 12 update", "ticker.X 11 snapshot"])
    }

    @Test func withinATermTheSameGapIsOneOfTheConnection() throws {
        let bench = try PipelineBench()
        bench.connect()
        try bench.want("trade.X", after: 10, epoch: 7)
        try bench.confirmAll()
        #expect(bench.words == ["trade.X 11 gap(upstream)"])
    }

    @Test func everyOutageOfItsOwnIsAGapOfItsOwn() throws {
        let bench = try bench()
        bench.deliver(PipelineBench.trade("X"))
        for _ in 0..<2 {
            bench.lose()
            bench.connect()
            try bench.confirmAll()
            bench.deliver(PipelineBench.trade("X"))
        }
        let kinds = bench.published.joined().map(\.kind)
        #expect(kinds == [.update, .gap(.upstream), .update, .gap(.upstream), .update])
    }

    @Test func aChangeOfTheOldConnectionIsNotMergedIntoTheNew() throws {
        let bench = try bench()
        deliverAll(to: bench)
        bench.lose()
        bench.connect()
        bench.deliver(PipelineBench.ticker("delta", "X"), PipelineBench.book("delta", "X", 2))
        #expect(bench.words == Self.firstRound)
        #expect(bench.feed.counters.unusableFrames.get() == 2)
    }
}
