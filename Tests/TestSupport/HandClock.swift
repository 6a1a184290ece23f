import Synchronization

/// A clock that stands still until the test lets time pass. Any thread.
package final class HandClock: Sendable {
    private let state = Mutex((instant: ContinuousClock.now, looks: 0))

    package init() {}

    package var now: ContinuousClock.Instant {
        state.withLock { state in
            state.looks += 1
            return state.instant
        }
    }

    /// How often somebody has looked at it.
    package var looks: Int { state.withLock(\.looks) }

    package func pass(_ duration: Duration) { state.withLock { $0.instant += duration } }
}
