import Core
import NIOCore
import Stores

/// Which node wants which streams, and until when: pure, and driven by announcements and the time.
///
/// A node's demand ends with its lease. Bounded by `maximumStreamsPerNode`, `maximumNodes` and `maximumStreams`, which
/// counts a stream for each node that wants it: nodes beyond that are not heard, and demand beyond that is not taken.
package struct DemandLedger {
    package static let maximumStreamsPerNode = DemandAnnouncement.maximumStreams
    static let maximumNodes = 1000
    static let maximumStreams = 2_000_000

    private struct Node {
        var streams: Set<StreamName> = []
        /// Of those among them that have one: see `DemandAnnouncement`.
        var ranks: [StreamName: Int] = [:]
        var expires: NIODeadline
    }

    private let lease: TimeAmount
    private var nodes: [String: Node] = [:]
    private var count = 0

    package init(lease: TimeAmount) {
        self.lease = lease
    }

    /// What an announcement changed: streams that somebody wants (perhaps already before), and those that nobody wants
    /// any longer.
    package struct Change: Equatable {
        package var wanted: Set<StreamName> = []
        package var unwanted: Set<StreamName> = []
    }

    package mutating func apply(_ announcement: DemandAnnouncement, at now: NIODeadline) -> Change {
        guard nodes[announcement.node] != nil || nodes.count < Self.maximumNodes else { return Change() }
        var node = nodes.removeValue(forKey: announcement.node) ?? Node(expires: now)
        node.expires = now + lease
        let before = node.streams
        var change = Change()
        switch announcement.change {
        case .all(let streams):
            node.streams = streams
            node.ranks = announcement.ranks
            change.wanted = streams
        case .add(let streams):
            node.streams.formUnion(streams)
            for stream in streams { node.ranks[stream] = announcement.ranks[stream] }
            change.wanted = streams
        case .refresh: break
        case .remove(let streams):
            node.streams.subtract(streams)
            for stream in streams { node.ranks[stream] = nil }
        }
        let room = min(Self.maximumStreamsPerNode, Self.maximumStreams - (count - before.count))
        if node.streams.count > room {
            node.streams = Set(node.streams.sorted { $0.canonical < $1.canonical }.prefix(room))
            change.wanted.formIntersection(node.streams)
            let kept = node.streams
            node.ranks = node.ranks.filter { kept.contains($0.key) }
        }
        count += node.streams.count - before.count
        nodes[announcement.node] = node
        change.unwanted = before.subtracting(node.streams).filter { !isWanted($0) }
        return change
    }

    /// Nobody could be heard: every lease begins anew.
    package mutating func renew(at now: NIODeadline) {
        for name in nodes.keys { nodes[name]?.expires = now + lease }
    }

    /// Nodes whose demand is about to end without a goodbye, and how many streams each wants: they have died, or hang.
    package func silent(at now: NIODeadline) -> [String: Int] {
        nodes.filter { $1.expires <= now && !$1.streams.isEmpty }.mapValues(\.streams.count)
    }

    /// Ends the demand of nodes that have been silent for longer than the lease.
    package mutating func expire(at now: NIODeadline) -> Change {
        var left: Set<StreamName> = []
        for (name, node) in nodes where node.expires <= now {
            left.formUnion(node.streams)
            count -= node.streams.count
            nodes[name] = nil
        }
        return Change(unwanted: left.filter { !isWanted($0) })
    }

    /// Everything that some node wants.
    package var wanted: Set<StreamName> { nodes.values.reduce(into: []) { $0.formUnion($1.streams) } }

    package func isWanted(_ stream: StreamName) -> Bool { nodes.values.contains { $0.streams.contains(stream) } }

    /// The lowest of the nodes that want it.
    package func rank(of stream: StreamName) -> Int {
        var lowest = Int.max
        for node in nodes.values where node.streams.contains(stream) { lowest = min(lowest, node.ranks[stream] ?? 0) }
        return lowest == .max ? 0 : lowest
    }
}
