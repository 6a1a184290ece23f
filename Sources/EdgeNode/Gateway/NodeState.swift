import Synchronization

/// What all shards of a node share: how many clients it has, and whether it is going away. Any thread.
final class NodeState: Sendable {
    /// Clients and clients to be: counted from the upgrade request on, so that a storm can't overshoot the limit.
    let clients = Atomic(0)
    let isDraining = Atomic(false)
    private let maximumClients: Int

    init(maximumClients: Int) {
        self.maximumClients = maximumClients
    }

    /// Takes a place; false where there is none. A place that was taken is given back when the connection ends.
    func admit() -> Bool {
        let (_, count) = clients.add(1, ordering: .relaxed)
        guard count > maximumClients else { return true }
        clients.subtract(1, ordering: .relaxed)
        return false
    }
}
