import Core
import FeedKit
import Logging
import NIOCore
import Platform
import Stores
import TestSupport
import Testing

@testable import Ingestor

/// A leader on one side of a broker and two nodes on the other, to see that the list of instruments comes to both.
enum InstrumentChannel {
    private struct Source: InstrumentSource {
        let list: InstrumentList

        func instruments() async throws -> InstrumentList { list }
    }

    /// The second node comes when the list has long been told: a heartbeat lets it know that it misses one.
    static func carries(_ broker: any Broker, to nodes: any Broker) async throws {
        // Longer than one message may be.
        let list = try #require(InstrumentList((0..<10_000).map { "SYMBOL\($0)USDT" }))
        let logger = CollectedLog().logger
        let limited = RateLimitedLogger(logger)
        let teller = InstrumentTeller(source: Source(list: list), broker: broker, wire: .one, logger: limited)
        let telling = Task { await teller.run(epoch: 1) }
        let early = Instruments()
        let late = Instruments()
        let following = InstrumentFollower(early, broker: nodes, writing: .one, logger: logger).follow()
        let deadline = ContinuousClock.now + .seconds(60)
        while early.list == nil || teller.checksum == nil, ContinuousClock.now < deadline {
            // A node that came too late for the first telling is one that has missed it.
            try await beat(teller, broker)
        }
        #expect(early.list == list)
        #expect(teller.checksum == list.checksum)
        let joining = InstrumentFollower(late, broker: nodes, writing: .one, logger: logger).follow()
        while late.list == nil, ContinuousClock.now < deadline { try await beat(teller, broker) }
        #expect(late.list == list)
        for task in [telling, following, joining] {
            task.cancel()
            await task.value
        }
    }

    private static func beat(_ teller: InstrumentTeller, _ broker: any Broker) async throws {
        let heartbeat = Heartbeat(epoch: 1, sentAt: 0, upstream: UpstreamStatus(), instruments: teller.checksum)
        try await broker.send(heartbeat.encoded(), on: .heartbeat)
        try await Task.sleep(for: .milliseconds(20))
    }
}
