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
}
