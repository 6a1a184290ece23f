/// How many clients the other nodes had before the fullest was asked to send some away, to see afterwards whether it has helped. Pure.
///
/// Where a load balancer sends clients back to the node that they came from, or to none, another round would only send more of them in
/// circles.
package struct RebalanceRound: Sendable, Hashable {
    private let node: String
    private let others: [String: Int]

    /// - Parameter nodes: By which it was planned.
    package init(_ plan: RebalancePlan, of nodes: [NodeAnnouncement]) {
        node = plan.node
        others = Self.connections(of: nodes, without: plan.node)
    }

    /// Whether the others have more clients since. One that has come meanwhile counts with all of its clients, one that takes none any
    /// more not at all.
    package func hasHelped(by nodes: [NodeAnnouncement]) -> Bool {
        let now = Self.connections(of: nodes, without: node)
        let before = others.reduce(0) { $0 + (now[$1.key] == nil ? 0 : $1.value) }
        return now.values.reduce(0, +) > before
    }

    private static func connections(of nodes: [NodeAnnouncement], without node: String) -> [String: Int] {
        var connections: [String: Int] = [:]
        for other in nodes where other.takesClients && other.id != node {
            connections[other.id] = other.load?.connections ?? 0
        }
        return connections
    }
}
