import Shared
import Testing

@testable import Ingestor

@Suite("Numbers are contiguous per stream and never given twice")
struct SequencerTests {
    private let stream: StreamName
    private let other: StreamName

    init() throws {
        stream = try StreamName(canonical: "trade.BTCUSDT")
        other = try StreamName(canonical: "ticker.BTCUSDT")
    }

    @Test func eachStreamCountsFromOneUnderTheEpoch() {
        var sequencer = Sequencer(epoch: 7)
        #expect((1...3).map { _ in sequencer.next(stream).sequence } == [1, 2, 3])
        #expect(sequencer.next(other) == Position(epoch: 7, sequence: 1))
    }

    @Test func itGoesOnAfterTheHistoryAndNeverBack() {
        var sequencer = Sequencer(epoch: 7)
        #expect(!sequencer.hasPast(stream))
        sequencer.resume(stream, after: Position(epoch: 3, sequence: 41))
        #expect(sequencer.hasPast(stream) && !sequencer.hasPast(other))
        #expect(sequencer.next(stream) == Position(epoch: 7, sequence: 42))
        sequencer.resume(stream, after: Position(epoch: 3, sequence: 41))
        sequencer.resume(stream, after: nil)
        #expect(sequencer.next(stream) == Position(epoch: 7, sequence: 43))
    }

    @Test func aStreamWithoutAHistoryHasNoPast() {
        var sequencer = Sequencer(epoch: 1)
        sequencer.resume(stream, after: nil)
        #expect(!sequencer.hasPast(stream))
        #expect(sequencer.count == 0, "a name that only was asked for costs nothing")
        _ = sequencer.next(stream)
        #expect(sequencer.hasPast(stream) && sequencer.count == 1)
    }
}
