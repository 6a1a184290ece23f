import Core
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

    @Test func aForgottenStreamGoesOnAfterTheHistoryAndWithoutOneNeverRepeatsANumber() {
        var sequencer = Sequencer(epoch: 7)
        for _ in 1...5 { _ = sequencer.next(stream) }
        sequencer.forget(stream)
        #expect(sequencer.count == 0 && !sequencer.hasPast(stream))
        #expect(sequencer.next(stream) == Position(epoch: 7, sequence: 6))
        sequencer.forget(stream)
        sequencer.resume(stream, after: Position(epoch: 7, sequence: 6))
        #expect(sequencer.next(stream) == Position(epoch: 7, sequence: 7))
        var next = Sequencer(epoch: 8, continuing: sequencer)
        #expect(next.next(other) == Position(epoch: 8, sequence: 1), "under another epoch no number was given yet")
    }

    @Test func theNextTermGoesOnAfterTheHistoryAndWhatTheProcessRemembersWhicheverIsMore() {
        var first = Sequencer(epoch: 7)
        for _ in 1...5 { _ = first.next(stream) }
        var second = Sequencer(epoch: 9, continuing: first)
        // The history lost the last two, or never had them.
        second.resume(stream, after: Position(epoch: 7, sequence: 3))
        #expect(second.next(stream) == Position(epoch: 9, sequence: 6))
        var third = Sequencer(epoch: 12, continuing: first)
        third.resume(stream, after: Position(epoch: 10, sequence: 8))
        #expect(third.next(stream) == Position(epoch: 12, sequence: 9))
    }

    /// The history was lost, and another leader began anew. Or it never had what this process could not deliver.
    @Test func whereAnotherLeaderWroteSinceItsNumbersCountAlsoWhereTheyAreLower() {
        var first = Sequencer(epoch: 7)
        for _ in 1...67 { _ = first.next(stream) }
        var later = Sequencer(epoch: 12, continuing: first)
        later.resume(stream, after: Position(epoch: 9, sequence: 52))
        #expect(later.unheld(stream, after: Position(epoch: 9, sequence: 52)) == nil)
        #expect(later.next(stream) == Position(epoch: 12, sequence: 53))
        // Within a term its own numbers count: the history may not have them yet.
        later.resume(stream, after: Position(epoch: 9, sequence: 52))
        #expect(later.next(stream) == Position(epoch: 12, sequence: 54))
    }

    @Test func whatAnEarlierTermNumberedAndTheHistoryDoesNotHoldIsKnown() {
        var first = Sequencer(epoch: 7)
        for _ in 1...5 { _ = first.next(stream) }
        #expect(first.unheld(stream, after: nil) == nil, "it may still be on its way")
        let second = Sequencer(epoch: 9, continuing: first)
        #expect(second.unheld(stream, after: Position(epoch: 7, sequence: 3)) == 4...5)
        #expect(second.unheld(stream, after: nil) == 1...5)
        #expect(second.unheld(stream, after: Position(epoch: 7, sequence: 5)) == nil)
        #expect(second.unheld(other, after: nil) == nil)
    }

    @Test func aGapIsAFailoverWhereTheLastWasOfAnotherTerm() {
        var sequencer = Sequencer(epoch: 7)
        sequencer.resume(stream, after: Position(epoch: 6, sequence: 3))
        #expect(sequencer.gapReason(stream) == .failover)
        _ = sequencer.next(stream)
        #expect(sequencer.gapReason(stream) == .upstream)
        sequencer.resume(stream, after: Position(epoch: 6, sequence: 3))
        #expect(sequencer.gapReason(stream) == .upstream)
        #expect(Sequencer(epoch: 8, continuing: sequencer).gapReason(stream) == .failover)
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
