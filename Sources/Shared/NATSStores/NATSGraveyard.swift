import DequeModule
import Dispatch
import Synchronization

/// Subscriptions that have ended and are not destroyed yet.
///
/// The thread on which cnats 3.4 reads goes on using a subscription for a moment after it has ended, and crashes where it
/// was destroyed by then. So each is kept until cnats has done with what was waiting for it, and then rests for `delay`.
/// Bounded by how many are ended within that time. Any thread.
final class NATSGraveyard: Sendable {
    private static let delay: Duration = .seconds(3)
    private static let sweepInterval = DispatchTimeInterval.milliseconds(500)

    private struct Grave: Sendable {
        let subscription: NATSSubscription
        let since: ContinuousClock.Instant
    }

    private struct State {
        /// All that were taken and are not destroyed.
        var count = 0
        var graves: Deque<Grave> = []
        var isSweeping = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "tidegate.nats.graveyard", qos: .utility)

    var count: Int { state.withLock { $0.count } }

    /// Takes over a subscription that has ended.
    func bury(_ subscription: NATSSubscription) {
        state.withLock { $0.count += 1 }
        subscription.whenComplete { self.rest(subscription) }
    }

    private func rest(_ subscription: NATSSubscription) {
        let isFirst = state.withLock { state in
            state.graves.append(Grave(subscription: subscription, since: .now))
            defer { state.isSweeping = true }
            return !state.isSweeping
        }
        if isFirst { sweepLater() }
    }

    private func sweepLater() {
        // Held until the last grave is empty, whatever becomes of the broker.
        queue.asyncAfter(deadline: .now() + Self.sweepInterval) { self.sweep() }
    }

    private func sweep() {
        let due = ContinuousClock.now - Self.delay
        while let subscription = takeFirst(since: due) { subscription.destroy() }
        let isEmpty = state.withLock { state in
            state.isSweeping = !state.graves.isEmpty
            return state.graves.isEmpty
        }
        if !isEmpty { sweepLater() }
    }

    private func takeFirst(since due: ContinuousClock.Instant) -> NATSSubscription? {
        state.withLock { state in
            guard let first = state.graves.first, first.since <= due else { return nil }
            state.count -= 1
            return state.graves.removeFirst().subscription
        }
    }
}
