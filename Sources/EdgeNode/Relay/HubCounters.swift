import Synchronization

/// What the hub counts, from any thread.
final class HubCounters: Sendable {
    /// Reads of the history that were issued: for activation, healing and resume.
    let historyReads = Atomic(0)
    let historyFailures = Atomic(0)
    /// Holes in the live sequence that were filled from the history before any client saw them.
    let healed = Atomic(0)
    /// Holes that the history could not fill: clients were told of a gap.
    let unhealed = Atomic(0)
    /// Publications that repeated what the node had, or came from an older leader.
    let staleDropped = Atomic(0)
    /// Streams of which a heartbeat told more than this node had heard.
    let behind = Atomic(0)
    /// Publications with a position that no leader gives.
    let impossible = Atomic(0)

    static func count(_ counter: borrowing Atomic<Int>, _ amount: Int = 1) {
        counter.add(amount, ordering: .relaxed)
    }
}
