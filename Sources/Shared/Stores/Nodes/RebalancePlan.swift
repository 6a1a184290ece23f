/// Which node is to send how many of its clients away, by what the nodes announce. Pure.
///
/// The fullest does, and never more than bring it down to the mean of all: were it to go below, the next to be asked would be one
/// that has just got its clients. So clients only move towards where they are fewer, and a run that is repeated comes to an end.
package struct RebalancePlan: Sendable, Hashable {
    /// Why nothing is to be done.
    package enum Objection: Error, Sendable, Hashable, CustomStringConvertible {
        case nobody
        case alone(String)
        case level(mean: Int, fullest: Int)

        package var description: String {
            switch self {
            case .nobody: "no node that takes clients has announced itself"
            case .alone(let id): "there is one node only, \(id): its clients have nowhere else to go"
            case .level(let mean, let fullest):
                "the nodes are level: the fullest has \(fullest) clients, and the mean is \(mean)"
            }
        }
    }

    /// How much above the mean a node may be and be left alone, in parts of it.
    package static let tolerance = 0.05

    package let node: String
    package let host: String
    /// As it has announced.
    package let connections: Int
    /// The mean of all nodes, rounded up.
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
            node.isLeaving ? nil : node.load.map { (node: node, connections: $0.connections) }
        }
        guard let fullest = loads.max(by: { $0.connections < $1.connections }) else { throw .nobody }
        guard loads.count > 1 else { throw .alone(fullest.node.id) }
        let total = loads.reduce(0) { $0 + $1.connections }
        let mean = (total + loads.count - 1) / loads.count
        let excess = fullest.connections - mean
        guard excess > 0, Double(excess) > Double(mean) * tolerance else {
            throw .level(mean: mean, fullest: fullest.connections)
        }
        node = fullest.node.id
        host = fullest.node.host
        connections = fullest.connections
        self.mean = mean
        clients = min(excess, max(1, Int(Double(fullest.connections) * share)))
    }

    package func order(within seconds: Int) -> RebalanceOrder {
        RebalanceOrder(node: node, clients: clients, floor: mean, seconds: seconds)
    }
}
