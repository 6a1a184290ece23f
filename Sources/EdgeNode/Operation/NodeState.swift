import Platform
import Synchronization

/// What all shards of a node share: how many clients it has, and whether it is leaving. Any thread.
final class NodeState: Sendable {
    /// Clients and clients to be: counted from the upgrade request on, so that a storm can't overshoot the limit.
    let clients = Counter<AnyThread>()
    /// Accepted connections, whatever they are for.
    let sockets = Counter<AnyThread>()
    /// Connections that were ever accepted: each has its number from it, by which the log tells it from the others.
    let accepted = Counter<AnyThread>()
    /// It was told to stop: others should get the clients that come. It takes them all the same.
    let isLeaving = Atomic(false)
    /// It takes no clients any more.
    let isDraining = Atomic(false)
    private let clientLimit: Atomic<Int>
    private let socketLimit = Atomic(Int.max)
    private let descriptors = Atomic(0)

    init(maximumClients: Int) {
        clientLimit = Atomic(maximumClients)
    }

    /// Clients that are let in at a time.
    var maximumClients: Int { clientLimit.load(ordering: .relaxed) }

    /// Descriptors that the process may have open; 0 where nobody has looked.
    var descriptorLimit: Int { descriptors.load(ordering: .relaxed) }

    /// Connections that may still be accepted.
    var freeSockets: Int { socketLimit.load(ordering: .relaxed) - sockets.get() }

    /// Lets in only as many as the process has descriptors for.
    func limit(to places: Places) {
        clientLimit.store(places.clients, ordering: .relaxed)
        socketLimit.store(places.sockets, ordering: .relaxed)
        descriptors.store(places.descriptorLimit, ordering: .relaxed)
    }

    /// Takes a place; false where there is none. A place that was taken is given back when the connection ends.
    func admit() -> Bool {
        guard clients.add() > maximumClients else { return true }
        dismiss()
        return false
    }

    /// Gives a place back that was taken for a client that never came.
    func dismiss() { clients.add(-1) }
}
