import Platform

/// The backlogs of a shard's clients, and the bound on all of them together: this shard's even part of the node's. Lives on the
/// shard's loop.
final class Backlogs {
    private let bound: Int
    private let counters: ShardCounters
    private var list: [Backlog] = []
    private var bytes = 0 {
        didSet { counters.backlogBytes.set(bytes) }
    }

    /// - Parameter bound: In bytes.
    init(bound: Int, counters: ShardCounters) {
        self.bound = bound
        self.counters = counters
    }

    func add(_ backlog: Backlog) {
        backlog.index = list.count
        list.append(backlog)
    }

    func remove(_ backlog: Backlog) {
        let last = list.removeLast()
        guard last !== backlog else { return }
        last.index = backlog.index
        list[backlog.index] = last
    }

    /// Told by each of them.
    func count(_ change: Int) { bytes += change }

    /// Where too much waits, the clients that are the furthest behind go, until an eighth of the bound is free again.
    func shed() {
        guard bytes > bound else { return }
        let outboxes = list.compactMap(\.outbox).sorted { $0.waitingBytes > $1.waitingBytes }
        for outbox in outboxes {
            guard bytes > bound / 8 * 7 else { return }
            let waiting = outbox.waitingBytes
            outbox.connection?.closeAsSlow("\(waiting) bytes wait, and too much for all clients of this node together")
        }
    }
}

@available(*, unavailable)
extension Backlogs: Sendable {}
