import BybitFeed
import BybitSimulator
import FeedKit
import NIOCore
import Platform
import Stores
import Testing

@testable import Ingestor

@Suite("The exchange is left alone for as long as it asks for", .timeLimit(.minutes(10)))
struct RetryAfterTests {
    @Test func a429AtTheUpgradeIsWaitedForAndSaid() async throws {
        try await IngestorFixture.run(configured: {
            $0.backoff = Backoff(initial: .milliseconds(1), maximum: .milliseconds(1), multiplier: 1)
        }) { fixture in
            await fixture.simulator.inject(.refuseUpgrades(.seconds(3600), retryAfter: "2"))
            let start = ContinuousClock.now
            _ = fixture.leadership.grant(epoch: 5)
            try await eventually { fixture.ingestor.state.problems.count == 2 }
            await fixture.simulator.inject(.refuseUpgrades(.zero))
            let words = fixture.ingestor.state.problems[1]
            #expect(words.hasPrefix("the exchange is away: ws://") && words.contains("HTTP 429"))
            #expect(words.contains("it asks to stay away for 2 s; the next attempt is in"))
            try await eventually { fixture.ingestor.status.isConnected }
            #expect(ContinuousClock.now - start >= .seconds(2))
            #expect(fixture.feed.counters.reconnects.get() == 1)
            #expect(fixture.ingestor.state.problems.isEmpty)
        }
    }

    @Test(arguments: [(4_200, "in 5 s"), (3_000, "in 3 s"), (1, "in 1 s"), (0, "under way"), (-5_000, "under way")])
    func theNextAttemptIsSaidInWords(milliseconds: Int64, words: String) {
        let now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        let outage = FeedOutage(reason: "no route", until: now + .milliseconds(milliseconds))
        #expect(outage.words(at: now) == "no route; the next attempt is \(words)")
    }
}
