import BybitFeed
import Core
import FeedKit
import NIOCore
import Platform
import Testing

@testable import Ingestor

@Suite("A pipeline tells losses, goes on after what others wrote, and ends with its term")
struct IngestPipelineTermTests {
    private func bench(wanting streams: String...) throws -> PipelineBench {
        let bench = try PipelineBench()
        bench.connect()
        for stream in streams { try bench.want(stream) }
        try bench.confirmAll()
        return bench
    }

    private func losses(_ names: String...) throws -> StreamLosses {
        var losses = StreamLosses()
        for name in names { losses.insert(try StreamName(canonical: name)) }
        return losses
    }

    @Test func streamsThatNobodyWantsAreForgottenOnceTheHistoryHasTheirHeads() throws {
        let bench = try bench(wanting: "trade.X", "trade.Y", "trade.Z")
        bench.deliver(PipelineBench.trade("X"), PipelineBench.trade("Y"), PipelineBench.trade("Z"))
        // Of Z the history has nothing yet; X is wanted.
        let delivered = bench.published.joined().filter { !$0.stream.canonical.hasSuffix(".Z") }
        bench.pipeline.positions.published(Array(delivered), at: .now() - .seconds(10))
        for _ in 0..<PublishedPositions.tellings { _ = bench.pipeline.positions.due() }
        for name in ["trade.Y", "trade.Z"] {
            bench.pipeline.routes.remove(try StreamName(canonical: name))
        }
        bench.pipeline.forgetUnwanted()
        #expect(Set(bench.pipeline.sequencer.positions.keys.map(\.canonical)) == ["trade.X", "trade.Z"])
    }

    @Test func whatWasNotDeliveredOfStreamsThatNobodyWantsIsBoundedToo() throws {
        let bench = try bench()
        for index in 0..<IngestPipeline.maximumUndelivered + 50 {
            _ = bench.pipeline.sequencer.next(try StreamName(canonical: "trade.S\(index)"))
        }
        bench.pipeline.forgetUnwanted()
        #expect(bench.pipeline.sequencer.count == IngestPipeline.maximumUndelivered)
    }

    @Test func aLossIsToldToEachStreamAndItsStateFollowsWhereItIsKnown() throws {
        let bench = try bench(wanting: "trade.X", "ticker.X", "depth.50.X")
        bench.deliver(
            PipelineBench.trade("X"),
            PipelineBench.ticker("snapshot", "X", price: #""7""#),
            PipelineBench.book("snapshot", "X", 1)
        )
        bench.pipeline.tell(try losses("trade.X", "ticker.X", "depth.50.X"))
        try #require(
            bench.words.dropFirst(3) == [
                "depth.50.X 2 gap(failover)", "depth.50.X 3 snapshot", "ticker.X 2 gap(failover)",
                "ticker.X 3 snapshot",
                "trade.X 2 gap(failover)",
            ]
        )
        let told = Array(bench.published.joined())
        #expect(told[6].data == told[1].data && told[6].exchangeTime == 5)
        bench.deliver(PipelineBench.book("delta", "X", 2))
        #expect(bench.words.last == "depth.50.X 4 update")
    }

    @Test func aStreamThatNobodyServesNowIsToldAllTheSameAndOneWithoutAPastIsNot() throws {
        let bench = try bench(wanting: "trade.X")
        bench.deliver(PipelineBench.trade("X"))
        bench.pipeline.routes = RouteTable()
        bench.pipeline.tell(try losses("trade.X", "trade.Y"))
        #expect(bench.words == ["trade.X 1 update", "trade.X 2 gap(failover)"])
    }

    @Test func whereAnyStreamMayHaveLostAllThatAreServedAreTold() throws {
        let bench = try bench(wanting: "trade.X", "trade.Y", "trade.Z")
        bench.deliver(PipelineBench.trade("X"), PipelineBench.trade("Y"))
        var losses = StreamLosses()
        for number in 0...StreamLosses.maximumStreams { losses.insert(try StreamName(canonical: "ticker.A\(number)")) }
        bench.pipeline.tell(losses)
        #expect(bench.words.dropFirst(2) == ["trade.X 2 gap(failover)", "trade.Y 2 gap(failover)"])
    }

    @Test func aStateThatWasLostWithTheConnectionIsNotToldAsIfItWereKnown() throws {
        let bench = try bench(wanting: "ticker.X")
        bench.deliver(PipelineBench.ticker("snapshot", "X"))
        bench.lose()
        bench.pipeline.tell(try losses("ticker.X"))
        #expect(bench.words.dropFirst() == ["ticker.X 2 gap(failover)"])
    }

    @Test func afterSomebodyElseWroteItsNumbersGoOnAboveTheirs() throws {
        let bench = try bench(wanting: "trade.X")
        bench.deliver(PipelineBench.trade("X"))
        let stream = try StreamName(canonical: "trade.X")
        #expect(bench.pipeline.goOn(stream, after: Position(epoch: 6, sequence: 9)) == 9)
        bench.deliver(PipelineBench.trade("X"))
        #expect(bench.pipeline.goOn(stream, after: Position(epoch: 6, sequence: 9)) == 10)
        #expect(bench.pipeline.goOn(stream, after: nil) == 10)
        #expect(bench.words == ["trade.X 1 update", "trade.X 10 update"])
    }

    @Test func anEndedPipelineHandsOnWhatItHasAndThenNothingMore() throws {
        let bench = try bench(wanting: "trade.X")
        bench.connection?.received(ByteBuffer(string: PipelineBench.trade("X")))
        #expect(bench.published.isEmpty)
        let sequencer = bench.pipeline.end()
        #expect(bench.words == ["trade.X 1 update"] && !bench.isConnected)
        #expect(sequencer.lastSequence(of: try StreamName(canonical: "trade.X")) == 1)
        bench.deliver(PipelineBench.trade("X"))
        try bench.want("orders.user1")
        bench.pipeline.tell(try losses("trade.X"))
        bench.pipeline.tick()
        #expect(bench.words.count == 1)
        bench.connect()
        #expect(!bench.isConnected, "a connection that comes too late is ended")
        #expect(!bench.feed.counters.isConnected)
        #expect(bench.feed.counters.subscribedTopics.get() == 0)
    }
}
