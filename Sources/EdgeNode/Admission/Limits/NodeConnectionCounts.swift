import Synchronization

/// The connections of users and of keys on this node alone. Any thread; a lock is held for as many steps as there are claims.
///
/// Bound: one entry for each user and key that has a connection.
package final class NodeConnectionCounts: ConnectionCounts {
    private let counts = Mutex<[ConnectionClaim.Holder: Int]>([:])

    package init() {}

    package func takeAtOnce(_ claims: [ConnectionClaim]) -> ConnectionGrant? {
        let full = counts.withLock { counts in
            let full = claims.first { counts[$0.holder, default: 0] >= $0.limit }
            if full == nil { for claim in claims { counts[claim.holder, default: 0] += 1 } }
            return full
        }
        return full.map { .full($0) } ?? .taken(NodeConnectionSeat(of: claims.map(\.holder), in: self))
    }

    package func take(_ claims: [ConnectionClaim]) async -> ConnectionGrant {
        // It is always said at once.
        takeAtOnce(claims) ?? .taken(NodeConnectionSeat(of: [], in: self))
    }

    /// How many there are.
    func count(of holder: ConnectionClaim.Holder) -> Int { counts.withLock { $0[holder, default: 0] } }

    /// Those that have any.
    var holders: Int { counts.withLock { $0.count } }

    fileprivate func give(_ holders: [ConnectionClaim.Holder]) {
        counts.withLock { counts in
            for holder in holders {
                guard let count = counts[holder] else { continue }
                counts[holder] = count > 1 ? count - 1 : nil
            }
        }
    }
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
