import Synchronization

/// A clock that stands still until the test lets time pass. Any thread.
package final class HandClock: Sendable {
    private let instant = Mutex(ContinuousClock.now)

    package init() {}

    package var now: ContinuousClock.Instant { instant.withLock { $0 } }

    package func pass(_ duration: Duration) { instant.withLock { $0 += duration } }
}
