import Synchronization

/// The connections of users and of keys on this node alone. Any thread; a lock is held for as many steps as there are claims.
///
/// Bound: one entry for each user and key that has a connection.
package final class NodeConnectionCounts: ConnectionCounts {
    private let counts = Mutex(HolderCounts())

    package init() {}

    package func takeAtOnce(_ claims: [ConnectionClaim]) -> ConnectionGrant? {
        let full = counts.withLock { counts in
            let full = counts.full(claims)
            if full == nil { counts.take(claims) }
            return full
        }
        return full.map { .full($0) } ?? .taken(NodeConnectionSeat(of: claims.map(\.holder), in: self))
    }

    package func take(_ claims: [ConnectionClaim]) async -> ConnectionGrant {
        // It is always said at once.
        takeAtOnce(claims) ?? .taken(NodeConnectionSeat(of: [], in: self))
    }

    /// How many there are.
    func count(of holder: ConnectionClaim.Holder) -> Int { counts.withLock { $0.count(of: holder) } }

    /// Those that have any.
    var holders: Int { counts.withLock { $0.holders } }

    fileprivate func give(_ holders: [ConnectionClaim.Holder]) { counts.withLock { $0.give(holders) } }
}

private final class NodeConnectionSeat: Seat {
    private let holders: [ConnectionClaim.Holder]
    private let counts: NodeConnectionCounts

    init(of holders: [ConnectionClaim.Holder], in counts: NodeConnectionCounts) {
        self.holders = holders
        self.counts = counts
    }

    func free() { counts.give(holders) }
}
