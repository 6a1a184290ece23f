import Core
import Stores
import Testing

@testable import EdgeNode

/// What of a log is read, and what of it is missing.
@Suite struct MissingReadTests {
    private func read(_ position: Position?, next: Position? = nil, isPastUnknown: Bool = false) -> MissingRead {
        MissingRead(position: position, next: next, isPastUnknown: isPastUnknown)
    }

    private func at(_ epoch: UInt64, _ sequence: UInt64) -> Position { Position(epoch: epoch, sequence: sequence) }

    @Test func itBeginsWhereTheStreamStandsUnlessTheNumberingWentBack() {
        #expect(read(nil).first == 0)
        #expect(read(at(1, 7)).first == 7)
        #expect(read(at(1, 7), next: at(1, 9)).first == 7)
        #expect(read(at(1, 7), next: at(2, 8)).first == 7)
        #expect(read(at(1, 7), next: at(2, 7)).first == 0)
    }

    @Test func aLogThatNoLongerLeadsToTheStreamsPlaceIsReadWhole() throws {
        let same = HistorySlice(entries: [try .trade(7), try .trade(8)], latest: at(1, 8))
        let other = HistorySlice(entries: [try .trade(7, epoch: 2)], latest: at(2, 7))
        let shorter = HistorySlice(latest: at(2, 5))
        let asOld = HistorySlice(latest: at(1, 5))
        #expect(!read(at(1, 7)).isOutdated(by: same) && !read(at(1, 7)).isOutdated(by: asOld))
        #expect(read(at(1, 7)).isOutdated(by: other) && read(at(1, 7)).isOutdated(by: shorter))
        #expect(!read(at(1, 7), next: at(2, 3)).isOutdated(by: other), "it has been read whole already")
        #expect(!read(nil).isOutdated(by: other))
    }

    @Test func onlyWhatIsBehindTheStreamsPlaceIsMissing() throws {
        let slice = HistorySlice(entries: [try .trade(1), try .trade(2), try .trade(3)])
        #expect(read(at(1, 2)).missing(in: slice, of: .event) == [try .trade(3)])
        #expect(read(nil).missing(in: slice, of: .event) == slice.entries)
    }

    /// Nobody can say where its clients came in: what was before them is not owed to them, only the state.
    @Test func ofAnUnknownPastOnlyTheStateIs() throws {
        let entries = [
            try Publication.depth(1, .snapshot), try .depth(2), try .depth(3, .snapshot), try .depth(4),
            try .depth(5, .gap(.upstream)),
        ]
        let slice = HistorySlice(entries: entries)
        let unknown = read(nil, isPastUnknown: true)
        #expect(unknown.missing(in: slice, of: .delta) == Array(entries[2...]))
        #expect(unknown.missing(in: slice, of: .latest) == [entries[3]])
        #expect(unknown.missing(in: slice, of: .event) == [])
    }
}
