/// The ways to the node's shards. A value, kept with the relays under their one lock: what is posted under it stands in a
/// shard's mailbox in the order in which it happened. `ShardMailbox` bounds what waits there.
struct ShardPorts: Sendable {
    private let ports: [ShardPort]

    init(_ ports: [ShardPort] = []) {
        precondition(ports.count <= ShardSet.maximumCount, "a node has at most \(ShardSet.maximumCount) shards")
        self.ports = ports
    }

    func post(_ items: [ShardItem], to shards: ShardSet) {
        for shard in shards { ports[shard].post(items) }
    }

    /// Adds to `woken` those that have to be woken for it, once for a whole batch.
    func post(_ item: ShardItem, to shards: ShardSet, woken: inout ShardSet) {
        for shard in shards where ports[shard].mailbox.post(item) { woken.insert(shard) }
    }

    func wake(_ shards: ShardSet) {
        for shard in shards { ports[shard].wake() }
    }
}
