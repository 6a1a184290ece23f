import Core
import Synchronization

/// What a node knows of a history that does not answer: since when, and which streams miss something for it. Any thread.
///
/// A hole, a stream's first state and a client that resumes are worth a wait while the history may only be late: it
/// restarts, or its connection comes back after the broker's. One that has been away for longer than `patience` must not
/// hold up every stream in turn. Bounded by the streams that the node has.
final class HistoryOutage: Sendable {
    private struct State {
        var began: ContinuousClock.Instant?
        var lastFailure: ContinuousClock.Instant?
        var lastAnswer: ContinuousClock.Instant?
        var streams: Set<StreamName> = []
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

    /// Streams to be read when the history answers.
    var streams: Set<StreamName> { state.withLock { $0.streams } }

    /// True where it is the first: the caller must then see to it that they are read.
    func insert(_ stream: StreamName) -> Bool {
        state.withLock { state in
            let isFirst = state.streams.isEmpty
            state.streams.insert(stream)
            return isFirst
        }
    }

    func remove(_ stream: StreamName) { state.withLock { _ = $0.streams.remove(stream) } }

    func takeStreams() -> Set<StreamName> {
        state.withLock { state in
            defer { state.streams = [] }
            return state.streams
        }
    }
}
