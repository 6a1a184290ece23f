import Core

/// What an edge node tells the ingestor about the streams that its clients want.
///
/// Demand is leased: what a node has not repeated within the lease counts as gone, so a node that dies takes its demand
/// with it, and no count can leak.
package struct DemandAnnouncement: Sendable, Hashable {
    /// What one node can want at one time. Of more than that the first in the order of their names count.
    package static let maximumStreams = 100_000

    package enum Change: Sendable, Hashable {
        /// All that the node wants; what is not in it is not wanted.
        case all(Set<StreamName>)
        case add(Set<StreamName>)
        case remove(Set<StreamName>)
        /// The node does not know the state of these, and what is published of them is of no use without it.
        case refresh(Set<StreamName>)
    }

    /// The node's own name, unique among the nodes that live at one time.
    package let node: String
    package let change: Change
    /// Of the streams in it that nobody has heard yet: where many wait, the lowest is asked of the exchange first. A stream
    /// without one is known to exist. So a client that asks for much is behind all those that ask for little, on whatever
    /// nodes they are.
    package let ranks: [StreamName: Int]

    package init(node: String, change: Change, ranks: [StreamName: Int] = [:]) {
        self.node = node
        self.change = change
        self.ranks = ranks
    }
}

/// Carries demand from the edge nodes to the ingestor. Delivery may lose an announcement: the next `all` heals it.
package protocol DemandBoard: Sendable {
    func announce(_ announcement: DemandAnnouncement) async throws

    /// What is announced from now on. One listener: the ingestor.
    func announcements() -> AsyncStream<DemandAnnouncement>
}
