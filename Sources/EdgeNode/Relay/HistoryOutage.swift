import Synchronization

/// What a node knows of a history that does not answer: since when. Any thread.
///
/// A hole, a stream's first state and a client that resumes are worth a wait while the history may only be late: it
/// restarts, or its connection comes back after the broker's. One that has been away for longer than `patience` must not
/// hold up every stream in turn.
final class HistoryOutage: Sendable {
    private struct State {
        var began: ContinuousClock.Instant?
        var lastFailure: ContinuousClock.Instant?
        var lastAnswer: ContinuousClock.Instant?
    }

    let patience: Duration
    private let state = Mutex(State())

    init(patience: Duration) {
        self.patience = patience
    }

    var isWorthWaiting: Bool {
        state.withLock { state in state.began.map { ContinuousClock.now - $0 < patience } ?? true }
    }

    func answered() {
        state.withLock { state in
            state.began = nil
            state.lastAnswer = .now
        }
    }

    /// A read that began at `start` has failed. Where nobody has asked since long, nobody knows that it was away all the
    /// time: that is another outage.
    func failed(since start: ContinuousClock.Instant) {
        state.withLock { state in
            if let last = state.lastFailure, start - last > patience { state.began = nil }
            state.began = state.began ?? max(start, state.lastAnswer ?? start)
            state.lastFailure = .now
        }
    }

    /// The stores may have come back together: what was before does not count.
    func restart() { state.withLock { $0.began = nil } }
}
