import NIOCore

/// Whether somebody who fails, such as a store, is to be asked again, and when: pure, driven by outcomes and the time.
///
/// Closed, it lets every attempt through. After `threshold` failures in a row it opens, and lets nothing through for a
/// wait that grows with each failed trial and has jitter. When the wait is over it is half open: one attempt, the trial,
/// decides.
package struct CircuitBreaker: Sendable {
    package enum State: Sendable, Hashable {
        case closed(failures: Int)
        case open(until: NIODeadline)
        case halfOpen
    }

    /// Between the first failures, while it is still closed.
    package static let pause = TimeAmount.milliseconds(25)

    package private(set) var state = State.closed(failures: 0)
    private let threshold: Int
    private var waits: Backoff

    package init(
        threshold: Int = 3,
        waits: Backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(5), multiplier: 2)
    ) {
        self.threshold = threshold
        self.waits = waits
    }

    /// The last attempt succeeded, or there was none yet.
    package var isWell: Bool { state == .closed(failures: 0) }

    /// The word on the pages.
    package var word: String {
        switch state {
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half-open"
        }
    }

    /// Whether an attempt may be made now. Where the wait is over, that attempt is the trial.
    package mutating func admits(at now: NIODeadline) -> Bool {
        switch state {
        case .closed: return true
        case .halfOpen: return false
        case .open(let until):
            guard until <= now else { return false }
            state = .halfOpen
            return true
        }
    }

    package mutating func succeeded() {
        state = .closed(failures: 0)
        waits.reset()
    }

    /// An attempt failed. Answers how long to wait before the next.
    package mutating func failed(at now: NIODeadline, using generator: inout some RandomNumberGenerator) -> TimeAmount {
        if case .closed(let failures) = state, failures + 1 < threshold {
            state = .closed(failures: failures + 1)
            return Self.pause
        }
        let wait = TimeAmount(waits.next(using: &generator))
        state = .open(until: now + wait)
        return wait
    }
}
