import BybitFeed
import Core
import FeedKit
import NIOCore
import Platform
import Testing

@testable import Ingestor

@Suite("A frame of the exchange becomes a publication, or is counted and skipped")
struct IngestPipelineTests {
    private func bench(wanting streams: String...) throws -> PipelineBench {
        let bench = try PipelineBench()
        bench.connect()
        for stream in streams { try bench.want(stream) }
        try bench.confirmAll()
        return bench
    }

    @Test func aFrameBecomesAPublicationWithItsTimesAndEpoch() throws {
        let bench = try bench(wanting: "trade.X")
        let before = WallClock.microseconds()
        bench.deliver(PipelineBench.trade("X"))
        let publication = try #require(bench.published.first?.first)
        #expect(publication.stream.canonical == "trade.X")
        #expect(publication.position == Position(epoch: 7, sequence: 1))
        #expect(publication.kind == .update && publication.exchangeTime == 5 && publication.isSimulated)
        #expect((before...WallClock.microseconds()).contains(publication.ingestTime))
        #expect(String(buffer: publication.data).contains(#""price":"1""#))
    }

    @Test func whatOneReadBringsIsOneBatch() throws {
        let bench = try bench(wanting: "trade.X", "ticker.X")
        bench.deliver(PipelineBench.trade("X"), PipelineBench.ticker("snapshot", "X"), PipelineBench.trade("X"))
        #expect(bench.published.count == 1)
        #expect(bench.words == ["trade.X 1 update", "ticker.X 1 snapshot", "trade.X 2 update"])
        bench.pipeline.readCompleted()
        #expect(bench.published.count == 1, "an empty batch is never published")
        #expect(bench.counters.publications.get() == 3)
        #expect(bench.feed.counters.subscribedTopics.get() == 2)
    }

    @Test(arguments: [
        "", "hello", "<html>502</html>", "[]", "7", "{}", #"{"success":"tru"#, #"{"req_id":"7","op":"subscribe""#,
        #"{"topic":"publicTrade.Y","type":"sn"#,
    ])
    func aBadFrameOfNoStreamIsCountedAndEverythingElseGoesOn(_ bad: String) throws {
        let bench = try bench(wanting: "trade.X", "ticker.X")
        bench.deliver(PipelineBench.trade("X"), bad, PipelineBench.ticker("snapshot", "X"), PipelineBench.trade("X"))
        #expect(bench.words == ["trade.X 1 update", "ticker.X 1 snapshot", "trade.X 2 update"])
        #expect(bench.feed.counters.malformedFrames.get() == 1)
        #expect(bench.isConnected)
    }

    @Test func aFrameThatTellsNoTimeIsOfTheTimeAtWhichItCame() throws {
        let bench = try bench(wanting: "trade.X")
        let before = WallClock.milliseconds()
        bench.deliver(PipelineBench.trade("X").replacing(#""ts":5,"#, with: ""))
        let publication = try #require(bench.published.first?.first)
        #expect((before...WallClock.milliseconds()).contains(publication.exchangeTime))
    }

    @Test func framesThatBelongToNothingAreCounted() throws {
        let bench = try bench(wanting: "ticker.X")
        bench.deliver(PipelineBench.trade("X"), PipelineBench.ticker("snapshot", "Y"))
        bench.connection?.receivedOversized(ByteBuffer(), bytes: 9_000_000)
        #expect(bench.published.isEmpty)
        #expect(bench.feed.counters.unknownTopicFrames.get() == 2)
        #expect(bench.feed.counters.oversizedFrames.get() == 1)
    }

    @Test func numbersAreContiguousAndGoOnAfterTheHistory() throws {
        let bench = try PipelineBench()
        bench.connect()
        try bench.want("ticker.X", after: 41)
        try bench.confirmAll()
        bench.deliver(PipelineBench.ticker("snapshot", "X"), PipelineBench.ticker("delta", "X"))
        bench.lose()
        bench.connect()
        try bench.confirmAll()
        bench.deliver(PipelineBench.ticker("snapshot", "X"))
        #expect(bench.words == ["ticker.X 42 snapshot", "ticker.X 43 update", "ticker.X 44 snapshot"])
    }

    @Test func aChangeWithoutAStateIsCountedAndItsTopicSubscribedAnew() throws {
        let bench = try bench(wanting: "ticker.X")
        bench.deliver(PipelineBench.ticker("snapshot", "X", price: "[]"), PipelineBench.ticker("delta", "X"))
        #expect(bench.feed.counters.unusableFrames.get() == 1)
        #expect(try bench.requests().map(\.operation) == ["unsubscribe"])
        bench.deliver(PipelineBench.ticker("delta", "X"))
        #expect(try bench.requests().isEmpty)
    }

    @Test func aBookWithAHoleIsSubscribedAnewAndPublishesNothingUntilItsSnapshot() throws {
        let bench = try bench(wanting: "depth.50.X")
        bench.deliver(PipelineBench.book("snapshot", "X", 10), PipelineBench.book("delta", "X", 12))
        #expect(bench.feed.counters.bookRestarts.get() == 1)
        let request = try #require(try bench.requests().first)
        #expect(request.operation == "unsubscribe")
        bench.deliver(PipelineBench.book("delta", "X", 13), PipelineBench.answer(to: request))
        let again = try #require(try bench.requests().first)
        #expect(again.operation == "subscribe" && again.topics == ["orderbook.50.X"])
        bench.deliver(
            PipelineBench.answer(to: again),
            PipelineBench.book("snapshot", "X", 20),
            PipelineBench.book("delta", "X", 21)
        )
        #expect(bench.words == ["depth.50.X 1 snapshot", "depth.50.X 2 snapshot", "depth.50.X 3 update"])
    }
}
