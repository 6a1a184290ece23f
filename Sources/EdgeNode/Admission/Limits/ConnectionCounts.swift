/// Counts the connections of users and of keys: on one node, or on all together. Any thread.
package protocol ConnectionCounts: Sendable {
    /// Takes all of these or none, where that can be said at once: it must not block. Nil where `take` is to be asked.
    func takeAtOnce(_ claims: [ConnectionClaim]) -> ConnectionGrant?

    /// May take its time, for a bounded one.
    func take(_ claims: [ConnectionClaim]) async -> ConnectionGrant
}

/// What is said to claims.
package enum ConnectionGrant: Sendable {
    /// All of them, until the seat is freed.
    case taken(any Seat)
    /// None: this one has as many as it may have.
    case full(ConnectionClaim)
}
