/// Those who get one stream in one variant on a shard. Lives on its loop.
///
/// Beside each subscription stands its client's outbox, for with a hundred thousand subscriptions it is the reads from memory that
/// a delivery costs: a client that nothing is held back from is all that has to be looked at.
struct Subscribers {
    private(set) var subscriptions: [Subscription] = []
    // Safe: a connection ends its subscriptions before it ends itself.
    private(set) var outboxes: [Unmanaged<Outbox>] = []

    var isEmpty: Bool { subscriptions.isEmpty }
    var count: Int { subscriptions.count }

    mutating func add(_ subscription: Subscription) {
        subscription.index = subscriptions.count
        subscriptions.append(subscription)
        outboxes.append(.passUnretained(subscription.outbox))
    }

    /// Takes a subscription out by putting the last one in its place.
    mutating func remove(_ subscription: Subscription) {
        let last = subscriptions.removeLast()
        let outbox = outboxes.removeLast()
        guard last !== subscription else { return }
        last.index = subscription.index
        subscriptions[subscription.index] = last
        outboxes[subscription.index] = outbox
    }
}

@available(*, unavailable)
extension Subscribers: Sendable {}
