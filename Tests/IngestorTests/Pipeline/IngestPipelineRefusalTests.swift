import BybitCatalog
import BybitFeed
import Core
import FeedKit
import NIOCore
import Platform
import Synchronization
import Testing

@testable import Ingestor

@Suite("What the exchange refuses is told to those that want it, and remembered")
struct IngestPipelineRefusalTests {
    private func refused() throws -> PipelineBench {
        let bench = try PipelineBench()
        try bench.want("ticker.NOPE")
        try bench.want("ticker.X")
        bench.connect()
        let request = try #require(try bench.requests().first)
        #expect(request.topics == ["tickers.NOPE", "tickers.X"])
        bench.deliver(
            PipelineBench.answer(to: request, failure: "error:handler not found,topic:tickers.NOPE")
        )
        return bench
    }

    @Test func aRefusalIsPublishedOnceWithItsReasonOutsideTheSequence() throws {
        let bench = try refused()
        let publications = bench.published.joined().map { $0 }
        #expect(publications.count == 1)
        #expect(publications.first?.kind == .refusal)
        #expect(publications.first?.stream.canonical == "ticker.NOPE")
        #expect(publications.first?.position == Position(epoch: 7, sequence: 0))
        let reason = "The exchange refused: error:handler not found,topic:tickers.NOPE"
        #expect(publications.first.map { String(buffer: $0.data) } == reason)
        #expect(bench.counters.refusedTopics.get() == 1)
    }

    @Test func aFullConnectionEndsNoSubscription() throws {
        let bench = try PipelineBench()
        bench.connect()
        let names = (100..<600).map { "ticker." + String(repeating: "X", count: 29) + "\($0)" }
        for name in names { try bench.want(name) }
        try bench.confirmAll()
        #expect(bench.published.isEmpty)
        #expect(bench.feed.counters.subscribedTopics.get() == 488)
        for name in names { #expect(try bench.pipeline.knows(StreamName(canonical: name))) }
        try bench.pipeline.unwant(StreamName(canonical: names[0]))
        let requests = try bench.requests()
        #expect(requests.map(\.operation) == ["unsubscribe", "subscribe"])
        #expect(requests.last?.topics.count == 1)
    }

    @Test(arguments: ["error:system busy", "error:request limit,topic:tickers.NOPE", "error:handler not found"])
    func whatIsNotKnownToBeFinalIsNeitherPublishedNorRemembered(words: String) throws {
        let bench = try PipelineBench()
        bench.connect()
        try bench.want("ticker.NOPE")
        bench.deliver(PipelineBench.answer(to: try #require(try bench.requests().first), failure: words))
        #expect(bench.published.isEmpty && bench.pipeline.refusals.isEmpty)
        #expect(try bench.pipeline.knows(StreamName(canonical: "ticker.NOPE")))
        bench.pipeline.tick()
        let notices = bench.feed.counters.report.withLock { $0.notices }
        #expect(
            notices == ["the exchange refuses 1 topics for the time being (\"\(words)\"): they are asked for again"]
        )
    }

    @Test func itsNeighbourIsSubscribedAllTheSame() throws {
        let bench = try refused()
        #expect(try bench.requests().map(\.topics) == [["tickers.X"]])
    }

    @Test func wantedAgainItIsRefusedFromMemoryOncePerWant() throws {
        let bench = try refused()
        try bench.confirmAll()
        for count in 2...3 {
            try bench.want("ticker.NOPE")
            #expect(bench.published.joined().count == count)
        }
        #expect(bench.published.joined().allSatisfy { $0.kind == .refusal })
        #expect(try bench.requests().isEmpty, "the exchange is not asked again")
        #expect(try !bench.pipeline.knows(StreamName(canonical: "ticker.NOPE")))
        #expect(try bench.pipeline.knows(StreamName(canonical: "ticker.X")))
    }

    @Test(
        "What no feed brings is refused without asking the exchange, and what nobody knows too",
        arguments: [
            ("orders.user1", "No feed of this gateway brings this stream"),
            ("heat.1.sun", "No feed of this gateway brings this stream"),
            ("cold.1.moon", "The exchange has no such stream"),
        ]
    )
    func notOfAnyFeed(_ stream: String, _ reason: String) throws {
        let heat = StreamKind(try StreamPattern("heat.{1..9}.{word}"), .event)
        let bench = try PipelineBench(catalog: CompositeCatalog([BybitCatalog(), PatternCatalog([heat])]))
        bench.connect()
        try bench.want(stream)
        #expect(bench.published.joined().map { String(buffer: $0.data) } == [reason])
        #expect(bench.published.joined().allSatisfy { $0.kind == .refusal })
        #expect(try bench.requests().isEmpty)
    }

    @Test func aRefusedTopicIsNotAskedForAfterAReconnect() throws {
        let bench = try refused()
        try bench.confirmAll()
        bench.lose()
        bench.connect()
        #expect(try bench.requests().map(\.topics) == [["tickers.X"]])
    }

    /// Clients may ask for any number of names that the exchange does not have.
    @Test func refusalsAreRememberedOnlyUpToABound() throws {
        let bench = try PipelineBench()
        bench.connect()
        for number in 0...IngestPipeline.maximumRefusals {
            try bench.want("ticker.N\(number)")
            let request = try #require(try bench.requests().first)
            bench.deliver(
                PipelineBench.answer(to: request, failure: "error:handler not found,topic:tickers.N\(number)")
            )
        }
        #expect(bench.pipeline.refusals.count == 1)
        #expect(bench.pipeline.routes.isEmpty)
    }
}
