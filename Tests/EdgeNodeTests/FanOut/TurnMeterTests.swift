import Core
import NIOCore
import Platform
import Testing

@testable import EdgeNode

@Suite struct TurnMeterTests {
    private static func envelope(_ sequence: UInt64, _ kind: Publication.Kind = .update) throws -> Envelope {
        var publication = try Publication.ticker(sequence, kind)
        publication.exchangeTime = 1_704_063_600_000
        return Envelope(publication, opensEpoch: false)
    }

    @Test func aTurnIsToldOnce() throws {
        let counters = ShardCounters()
        var meter = TurnMeter(counters)
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        meter.note(try Self.envelope(1), since: start)
        meter.note(try Self.envelope(2), since: start + .milliseconds(1))
        meter.note(try Self.envelope(3, .gap(.edge)), since: start + .milliseconds(2))
        meter.end(at: start + .milliseconds(3)) { 1_704_063_600_250_000 }
        #expect(counters.batches.snapshot.count == 1 && counters.batches.snapshot.sum == 3)
        #expect(counters.fanOut.snapshot.count == 1 && counters.fanOut.snapshot.sum == 0.003)
        #expect(counters.endToEnd.snapshot.count == 2 && counters.endToEnd.snapshot.sum == 0.5)
        meter.end(at: start + .milliseconds(4)) { 0 }
        #expect(counters.batches.snapshot.count == 1, "a turn with nothing in it is none")
    }

    /// An ingestor publishes the state anew where a node needs it, with the exchange's time of that state.
    @Test func aSnapshotsAgeIsNotTheTimeThatItTook() throws {
        let counters = ShardCounters()
        var meter = TurnMeter(counters)
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        meter.note(try Self.envelope(1, .snapshot), since: start)
        meter.end(at: start + .milliseconds(1)) { 1_704_063_640_000_000 }
        #expect(counters.batches.snapshot.sum == 1 && counters.fanOut.snapshot.count == 1)
        #expect(counters.endToEnd.snapshot.count == 0)
    }

    @Test func onlyWhatWasForSomebodyCounts() async throws {
        let fixture = EdgeFixture()
        let counters = fixture.counters[0]
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        try await fixture.publish(.ticker(1), .ticker(2))
        #expect(try await client.frames().count == 2)
        #expect(counters.batches.snapshot.sum == 2 && counters.endToEnd.snapshot.count == 2)
        // What the broker brings a second time.
        try await fixture.publishLiveOnly(.ticker(1), .ticker(2))
        await fixture.advance(Turns.pause)
        #expect(counters.batches.snapshot.sum == 2 && counters.endToEnd.snapshot.count == 2)
        // The stream is followed for a while when the last client has gone.
        try await client.disconnect()
        try await fixture.publish(.ticker(3))
        await fixture.advance(Turns.pause)
        #expect(counters.batches.snapshot.sum == 2 && counters.endToEnd.snapshot.count == 2)
    }
}
