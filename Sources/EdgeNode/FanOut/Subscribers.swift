/// Those who get one stream in one dialect on a shard. Lives on its loop.
///
/// Beside each subscription stands its client, for with a hundred thousand subscriptions it is the reads from memory that
/// a delivery costs: a client that nothing is held back from is all that has to be looked at.
struct Subscribers {
    private(set) var subscriptions: [Subscription] = []
    // Safe: a connection ends its subscriptions before it ends itself.
    private(set) var clients: [Unmanaged<ClientConnection>] = []

    var isEmpty: Bool { subscriptions.isEmpty }
    var count: Int { subscriptions.count }

    mutating func add(_ subscription: Subscription) {
        subscription.index = subscriptions.count
        subscriptions.append(subscription)
        clients.append(.passUnretained(subscription.connection))
    }

    /// Takes a subscription out by putting the last one in its place.
    mutating func remove(_ subscription: Subscription) {
        let last = subscriptions.removeLast()
        let client = clients.removeLast()
        guard last !== subscription else { return }
        last.index = subscription.index
        subscriptions[subscription.index] = last
        clients[subscription.index] = client
    }
}

@available(*, unavailable)
extension Subscribers: Sendable {}
