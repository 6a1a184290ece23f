/// Which node is to send how many of its clients away, by what the nodes announce. Pure.
///
/// Nodes count that are ready and do not leave: no load balancer sends anybody to another. The fullest of them sends clients away, never
/// more than bring it down to the mean of all: were it to go below, the next to be asked would be one that has just got its clients. And
/// never more than find a place at those that are below the mean. So clients only move towards where they are fewer.
///
/// It trusts what is announced, and so whoever may write to the broker: see `NodeAnnouncement`.
package struct RebalancePlan: Sendable, Hashable {
    /// Why nothing is to be done.
    package enum Objection: Error, Sendable, Hashable, CustomStringConvertible {
        case nobody
        case alone(String)
        case level(mean: Int, fullest: Int)
        case full(fullest: Int)

        package var description: String {
            switch self {
            case .nobody: "no node that is ready for clients has announced itself"
            case .alone(let id): "there is one node only that is ready, \(id): its clients have nowhere else to go"
            case .level(let mean, let fullest):
                "the nodes are level: the fullest has \(fullest) clients, and the mean is \(mean)"
            case .full(let fullest):
                "the other nodes have no place left for any of the \(fullest) clients of the fullest"
            }
        }
    }

    /// How much above the mean a node may be and be left alone, in parts of it.
    package static let tolerance = 0.05

    package let node: String
    package let host: String
    /// As it has announced.
    package let connections: Int
    /// The mean of all nodes that count, rounded up.
    package let mean: Int
    /// So many are to go.
    package let clients: Int

    /// - Parameter share: Of its clients the fullest sends away so many parts at most.
    package init(
        of nodes: [NodeAnnouncement],
        share: Double,
        tolerance: Double = Self.tolerance
    ) throws(Objection) {
        let loads = nodes.compactMap { node in
            node.takesClients ? node.load.map { (node: node, connections: $0.connections, limit: $0.limit) } : nil
        }
        guard let fullest = loads.max(by: { $0.connections < $1.connections }) else { throw .nobody }
        guard loads.count > 1 else { throw .alone(fullest.node.id) }
        let total = loads.reduce(0) { $0 + $1.connections }
        let mean = (total + loads.count - 1) / loads.count
        let excess = fullest.connections - mean
        guard excess > 0, Double(excess) > Double(mean) * tolerance else {
            throw .level(mean: mean, fullest: fullest.connections)
        }
        let room = loads.reduce(0) { $0 + max(0, min(mean, $1.limit) - $1.connections) }
        guard room > 0 else { throw .full(fullest: fullest.connections) }
        node = fullest.node.id
        host = fullest.node.host
        connections = fullest.connections
        self.mean = mean
        clients = min(excess, room, max(1, Int(Double(fullest.connections) * share)))
    }

    package func order(within seconds: Int) -> RebalanceOrder {
        RebalanceOrder(node: node, clients: clients, floor: mean, seconds: seconds)
    }
}

extension NodeAnnouncement {
    /// Whether load balancers send clients there: it is ready, and was not told to stop.
    var takesClients: Bool { load != nil && isReady && !isLeaving }
}
