import BybitFeed
import BybitSimulator
import Core
import FeedKit
import NIOCore
import Platform
import Stores
import Testing

@testable import Ingestor

@Suite("2,000 topics over several connections, of which each answers for its own", .timeLimit(.minutes(10)))
struct ManyConnectionsTests {
    @Test func oneThatIsCutIsToldToItsStreamsOnly() async throws {
        let symbols = InstrumentCatalogue(count: 1000).instruments.map(\.symbol)
        let streams = try symbols.flatMap { symbol in
            try ["trade", "ticker"].map { try StreamName(canonical: "\($0).\(symbol)") }
        }
        try await IngestorFixture.run(
            market: {
                $0.symbols = 1000
                $0.rate = 1
            },
            configured: {
                $0.maximumConnections = 4
                // A busy machine must not look like a connection that is gone.
                $0.upstream.acknowledgementTimeout = .seconds(100)
                $0.upstream.pongTimeout = .seconds(100)
                $0.upstream.staleAfter = .seconds(1000)
            }
        ) { fixture in
            fixture.want(streams, every: .seconds(1))
            _ = fixture.leadership.grant(epoch: 5)
            try await eventually { fixture.feed.counters.subscribedTopics.get() == 2000 }
            let connections = await fixture.simulator.topicsOfConnections()
            #expect(connections.count == 3 && connections.allSatisfy { $0.count > 100 })
            #expect(await fixture.simulator.statistics().largestArguments <= 21_000)
            #expect(await fixture.simulator.statistics().refusals == 0)

            // One with trades: another may carry tickers alone, which tell of no gap.
            let victim = try #require(connections.max { Self.trades(in: $0) < Self.trades(in: $1) })
            let cut = streams.filter { victim.contains(Self.topic(of: $0)) }
            // Until many have something behind which a message may be missing.
            try await eventually { try await fixture.trades(of: cut).count >= 20 }
            let before = try await fixture.trades(of: cut)
            #expect(await fixture.simulator.inject(.dropConnections(topic: victim.first)))
            try await eventually { await fixture.simulator.statistics().connectionsEver >= 4 }
            try await eventually { fixture.feed.counters.subscribedTopics.get() == 2000 }
            try await eventually { try await fixture.gaps(of: before).count == before.count }
            let others = streams.filter { !victim.contains(Self.topic(of: $0)) }
            #expect(try await fixture.gaps(of: others).isEmpty)
        }
    }

    private static func trades(in topics: Set<String>) -> Int { topics.count { $0.hasPrefix("publicTrade.") } }

    private static func topic(of stream: StreamName) -> String {
        stream.canonical.replacing("trade.", with: "publicTrade.").replacing("ticker.", with: "tickers.")
    }
}

extension IngestorFixture {
    /// Of these the streams of trades that have something in their logs.
    fileprivate func trades(of streams: [StreamName]) async throws -> [StreamName] {
        var result: [StreamName] = []
        for stream in streams where stream.canonical.hasPrefix("trade.") {
            if try await !log(stream).isEmpty { result.append(stream) }
        }
        return result
    }

    fileprivate func gaps(of streams: [StreamName]) async throws -> [StreamName] {
        var result: [StreamName] = []
        for stream in streams {
            let log = try await log(stream)
            if log.contains(where: { if case .gap = $0.kind { true } else { false } }) { result.append(stream) }
        }
        return result
    }
}
