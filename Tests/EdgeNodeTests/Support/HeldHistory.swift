import Core
import Stores
import Synchronization

/// What a node reads the history through: answers can be held back after it has looked, or be failures.
final class HeldHistory: History {
    private struct State {
        var isHeld = false
        var rewritten: InProcessHistory?
        var failures = 0
        var failure: any Error = Failure()
        var isSpoiled = false
        var isGarbled = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    struct Failure: Error {}

    let history: InProcessHistory
    private let state = Mutex(State())

    init(_ retention: Retention = Retention()) { history = InProcessHistory(retention: retention) }

    /// Reads that wait.
    var heldReads: Int { state.withLock { $0.waiting.count } }

    func hold() { state.withLock { $0.isHeld = true } }

    /// Later reads do not wait; those that do go on waiting.
    func letLaterPass() { state.withLock { $0.isHeld = false } }

    /// Lets those go that wait; with `isHeld`, the next ones wait again.
    func release(isHeld: Bool = false) {
        let waiting = state.withLock { state in
            state.isHeld = isHeld
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// The next `count` reads fail.
    func fail(_ count: Int, with failure: any Error = Failure()) {
        state.withLock { state in
            state.failures = count
            state.failure = failure
        }
    }

    /// Entries can't be read any more; where logs end can.
    func spoil() { state.withLock { $0.isSpoiled = true } }

    /// The last entry of each log can't be read any more.
    func garble() { state.withLock { $0.isGarbled = true } }

    /// What it had is gone, and this is in its place.
    func rewrite(_ batch: Publication...) async throws {
        let other = InProcessHistory()
        try await other.append(batch)
        state.withLock { $0.rewritten = other }
    }

    func append(_ batch: [Publication]) async throws { try await history.append(batch) }

    func read(_ stream: StreamName, from sequence: UInt64, limit: Int) async throws -> HistorySlice {
        var slice = try await (state.withLock { $0.rewritten } ?? history).read(stream, from: sequence, limit: limit)
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.isHeld { state.waiting.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
        let fails = state.withLock { state in
            if state.isSpoiled, limit > 0 { return true }
            guard state.failures > 0 else { return false }
            state.failures -= 1
            return true
        }
        if fails { throw state.withLock { $0.failure } }
        if let latest = slice.latest, state.withLock({ $0.isGarbled }) {
            slice.entries.removeAll { $0.position == latest }
            slice.latest = Position(epoch: 0, sequence: latest.sequence)
        }
        return slice
    }

    var status: StoreStatus { .connected }

    func close() async {}
}
