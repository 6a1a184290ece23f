import CNats
import DequeModule
import Dispatch
import Synchronization

/// Subscriptions that have ended and are not destroyed yet.
///
/// cnats 3.4 crashes where a subscription is destroyed while a message is on its way to it, so each rests for `delay`
/// first. Bounded by how many are ended within that time. Any thread.
final class NATSGraveyard: Sendable {
    static let delay: Duration = .seconds(3)

    private struct Grave: Sendable {
        let subscription: NATSSubscription
        let since: ContinuousClock.Instant
    }

    private let graves = Mutex<Deque<Grave>>([])
    private let queue = DispatchQueue(label: "tidegate.nats.graveyard", qos: .utility)

    var count: Int { graves.withLock { $0.count } }

    /// Takes over the reference that cnats holds as the subscription's closure.
    func bury(_ subscription: NATSSubscription) {
        let isFirst = graves.withLock { graves in
            graves.append(Grave(subscription: subscription, since: .now))
            return graves.count == 1
        }
        if isFirst { sweepLater() }
    }

    private func sweepLater() {
        let seconds = Double(Self.delay.components.seconds) / 2
        // Held until the last grave is empty, whatever becomes of the broker.
        queue.asyncAfter(deadline: .now() + seconds) { self.sweep() }
    }

    private func sweep() {
        let due = ContinuousClock.now - Self.delay
        while let grave = graves.withLock({ $0.first.map { $0.since <= due } ?? false ? $0.popFirst() : nil }) {
            if let pointer = grave.subscription.pointer { natsSubscription_Destroy(pointer) }
            Unmanaged.passUnretained(grave.subscription).release()
        }
        if !graves.withLock({ $0.isEmpty }) { sweepLater() }
    }
}
