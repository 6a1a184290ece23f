import StoreContracts
import Synchronization
import Testing

@testable import Core
@testable import Stores

@Suite("The in-process history keeps the history's promises", .timeLimit(.minutes(10)))
struct InProcessHistoryTests {
    private typealias Sample = ContractPublications

    /// A clock that a test moves.
    private final class Clock: Sendable {
        private let instant = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { instant.withLock { $0 } }
        func advance(by duration: Duration) { instant.withLock { $0 += duration } }
    }

    private let clock = Clock()

    private func makeHistory() -> InProcessHistory {
        InProcessHistory(retention: Retention(idleExpiry: .seconds(60))) { [clock] in clock.now }
    }

    @Test(arguments: HistoryContract.promises)
    func promise(_ promise: HistoryContract) async throws {
        try await promise.check(HistoryContract.Subject { InProcessHistory(retention: $0) })
    }

    @Test func aStreamIsForgottenWhenNothingWasAppendedForTheIdleExpiry() async throws {
        let history = makeHistory()
        let (idle, busy) = (Sample.freshStream(), Sample.freshStream())
        try await history.append([Sample.publication(idle, 1), Sample.publication(busy, 1)])
        clock.advance(by: .seconds(59))
        #expect(try await history.read(idle, from: 0, limit: 9).entries.count == 1)
        try await history.append([Sample.publication(busy, 2)])
        clock.advance(by: .seconds(1))
        let head = HistorySlice(latest: Position(epoch: 1, sequence: 1))
        #expect(try await history.read(idle, from: 0, limit: 9) == head, "where it stood is still known")
        #expect(try await history.read(busy, from: 0, limit: 9).entries.count == 2)
    }

    @Test func readingDoesNotKeepAStreamAlive() async throws {
        let history = makeHistory()
        let stream = Sample.freshStream()
        try await history.append([Sample.publication(stream, 1)])
        for _ in 0..<6 {
            clock.advance(by: .seconds(10))
            _ = try await history.read(stream, from: 0, limit: 9)
        }
        #expect(try await history.read(stream, from: 0, limit: 9).oldest == nil)
    }

    @Test func whereAStreamStoodIsKnownForTheHeadExpiry() async throws {
        let retention = Retention(idleExpiry: .seconds(60), headExpiry: .seconds(1000))
        let history = InProcessHistory(retention: retention) { [clock] in clock.now }
        let (quiet, busy) = (Sample.freshStream(), Sample.freshStream())
        let head = HistorySlice(latest: Position(epoch: 1, sequence: 5))
        try await history.append(Sample.publications(quiet, 1...5))
        for sequence in UInt64(1)...9 {
            clock.advance(by: .seconds(100))
            // Sweeps.
            try await history.append([Sample.publication(busy, sequence)])
            #expect(try await history.read(quiet, from: 0, limit: 9) == head)
        }
        clock.advance(by: .seconds(100))
        #expect(try await history.read(quiet, from: 0, limit: 9) == HistorySlice())
    }

    @Test func whereStreamsStoodIsKnownOfABoundedNumberOfThem() async throws {
        let history = makeHistory()
        let first = Sample.freshStream()
        try await history.append([Sample.publication(first, 1)])
        clock.advance(by: .seconds(1))
        let others = (0..<InProcessHistory.maximumHeads).map { StreamName(checked: "trade.S\($0)") }
        try await history.append(others.map { Sample.publication($0, 1) })
        clock.advance(by: .seconds(60))
        try await history.append([Sample.publication(Sample.freshStream(), 1)])
        #expect(try await history.read(first, from: 0, limit: 9).latest == nil)
        #expect(try await history.read(others[7], from: 0, limit: 9).latest?.sequence == 1)
    }

    @Test func whatWasForgottenDoesNotComeBackAndRefusesNothing() async throws {
        let history = makeHistory()
        let stream = Sample.freshStream()
        try await history.append(Sample.publications(stream, 1...5, epoch: 9))
        clock.advance(by: .seconds(60))
        #expect(try await history.read(stream, from: 0, limit: 9).oldest == nil)
        try await history.append([Sample.publication(stream, 1, epoch: 3)])
        #expect(try await history.read(stream, from: 0, limit: 9).entries == [Sample.publication(stream, 1, epoch: 3)])
    }
}
