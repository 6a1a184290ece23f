/// Counts the connections of users and of keys: on one node, or on all together. Any thread.
package protocol ConnectionCounts: Sendable {
    /// Takes all of these or none, where that can be said at once: it must not block. Nil where `take` is to be asked.
    func takeAtOnce(_ claims: [ConnectionClaim]) -> ConnectionGrant?

    /// May take its time, for a bounded one.
    func take(_ claims: [ConnectionClaim]) async -> ConnectionGrant

    /// Keeps up what other nodes know of these, until cancelled. To be called once.
    func run() async

    var report: ConnectionCountsReport { get }
}

extension ConnectionCounts {
    package func run() async {}
    package var report: ConnectionCountsReport { ConnectionCountsReport() }
}

/// What is said to claims.
package enum ConnectionGrant: Sendable {
    /// All of them, until the seat is freed.
    case taken(any Seat)
    /// None: this one has as many as it may have.
    case full(ConnectionClaim)
}

/// Which connections are counted together, for `/stats`. A value.
package struct ConnectionCountsReport: Sendable, Equatable {
    package enum Scope: String, Sendable {
        case node
        case allNodes = "all_nodes"
        /// Those of all nodes can't be had now.
        case nodeForNow = "node_for_now"
    }

    package var scope = Scope.node
    /// Those that were let in by the node's own count, since that of all nodes could not be had.
    package var takenAlone = 0
}
