import DequeModule
import NIOCore

/// What was held back from one client because its socket was full; the oldest first. Bounded by the client's subscriptions: each
/// stands here once.
struct Debts {
    private var queue: Deque<Debt> = []
    private var isBeingPaid = false

    /// For how long a stream has been owed something; nil where none is.
    func age(at now: NIODeadline) -> TimeAmount? { queue.first.map { now - $0.since } }

    mutating func add(_ subscription: Subscription, at now: NIODeadline) {
        queue.append(Debt(subscription: subscription, since: now))
    }

    /// It goes on to be the oldest.
    mutating func putBack(_ debt: Debt) { queue.prepend(debt) }

    mutating func popFirst() -> Debt? { queue.popFirst() }

    mutating func remove(_ subscription: Subscription) { queue.removeAll { $0.subscription === subscription } }

    mutating func removeAll() { queue = [] }

    /// False where there is nothing to be paid, or it is being paid already: whoever is called in paying comes back here.
    mutating func beginPaying() -> Bool {
        guard !queue.isEmpty, !isBeingPaid else { return false }
        isBeingPaid = true
        return true
    }

    mutating func endPaying() { isBeingPaid = false }
}

@available(*, unavailable)
extension Debts: Sendable {}
