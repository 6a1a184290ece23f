import BybitFeed
import BybitSimulator
import Core
import FeedKit
import NIOCore
import Platform
import Stores
import TestSupport
import Testing

@testable import Ingestor

@Suite("What the exchange refuses for a while is there again when that is over", .timeLimit(.minutes(10)))
struct PassingRefusalTests {
    @Test func noneOfNineSubscriptionsEndsAndThePagesAndHeartbeatsSayWhatIsWrong() async throws {
        let names = [
            "ticker", "trade", "liquidation", "depth.1", "depth.50", "depth.200", "kline.1m", "kline.5m", "kline.1h",
        ]
        let streams = try names.map { try StreamName(canonical: "\($0).BTCUSDT") }
        let log = CollectedLog()
        let lines: (String) -> Int = { words in log.lines.filter { $0.contains(words) }.count }
        try await IngestorFixture.run(
            log: log.logger,
            configured: {
                $0.backoff = Backoff(initial: .milliseconds(10), maximum: .milliseconds(10), multiplier: 1)
                $0.upstream.retryInterval = .milliseconds(100)
                $0.upstream.pauseMaximum = .milliseconds(100)
            }
        ) { fixture in
            fixture.want(streams)
            _ = fixture.leadership.grant(epoch: 5)
            try await eventually { fixture.ingestor.status.subscribedCount == 9 }
            await fixture.simulator.inject(.refuseSubscriptions(.seconds(3600)))
            await fixture.simulator.inject(.dropConnections())
            let isTold: ([String]) -> Bool = { words in
                words.contains { $0.contains("refuses all subscriptions") && $0.contains("error:system busy") }
            }
            try await eventually { isTold(fixture.ingestor.state.problems) }
            let page = IngestorHealthPage.reply(fixture.ingestor.state, of: "i-1")
            #expect(String(buffer: page.body).contains("error:system busy"))
            try await eventually { fixture.ear.heartbeats.contains { isTold($0.upstream.problems) } }
            try await eventually { lines("warning the exchange refuses all subscriptions") == 1 }
            #expect(fixture.ingestor.total { $0.refusedRequests.get() } >= 4)
            await fixture.simulator.inject(.refuseSubscriptions(.zero))
            try await eventually { fixture.ingestor.status.subscribedCount == 9 }
            #expect(fixture.ingestor.counters.refusedTopics.get() == 0)
            try await eventually { fixture.ingestor.state.problems.isEmpty }
            try await eventually { lines("notice the exchange takes subscriptions again") == 1 }
            #expect(lines("refuses all subscriptions") == 1, "once when it begins")
            let topics = await fixture.simulator.statistics().topics
            #expect(topics.count == 9)
        }
    }
}
