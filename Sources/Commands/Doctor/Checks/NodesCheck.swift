import Stores

/// The nodes that announce themselves: how full each is, whether one has far more clients than others, and their clocks.
struct NodesCheck: Check {
    private static let room = "start more nodes, or raise MAX_CLIENTS_TOTAL where the machine has room"
    let name = "nodes"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        let heard = await surroundings.heard
        guard heard.isListening else { return [] }
        guard heard.roundTrip != nil else { return [.notLookedAt] }
        return Self.findings(heard)
    }

    static func findings(_ heard: Heard) -> [Finding] {
        let nodes = heard.nodes.compactMap { node in node.announcement.load.map { (node: node, load: $0) } }
        guard !nodes.isEmpty else {
            let advice = "look whether edge nodes run, with this BRAND and this broker"
            return [Finding(.warning, "no node that takes clients has announced itself", advice: advice)]
        }
        var findings = nodes.map { finding(of: $0.node.announcement, $0.load) }
        for node in heard.nodes where node.clockAhead.magnitude > UInt64(ClockDifference.tolerance) {
            let difference = ClockDifference(theirs: node.clockAhead, between: 0, and: 0)
            findings.append(difference.finding(of: words(node.announcement), at: node.announcement.host))
        }
        if nodes.count > 1, let plan = try? RebalancePlan(of: heard.nodes.map(\.announcement), share: 1, tolerance: 0.5)
        {
            let words = "\(plan.node) on \(plan.host) has \(plan.connections) clients, and the mean is \(plan.mean)"
            findings.append(
                Finding(.note, words, at: plan.host, advice: "tidegate rebalance, where clients should be spread anew")
            )
        }
        if heard.nodesBeyond > 0 {
            let words = "more announce themselves than the \(NodeTable.maximum) that are looked at"
            findings.append(Finding(.warning, words, advice: "look who else writes to this broker"))
        }
        return findings
    }

    private static func finding(of node: NodeAnnouncement, _ load: NodeLoad) -> Finding {
        let text = "\(words(node)) has \(load.connections) of \(load.limit) clients, and \(load.streams) streams"
        if node.isLeaving { return Finding(.note, "\(text); it was told to stop", at: node.host) }
        if !node.isReady {
            let advice = "its page /ready says what it waits for"
            return Finding(.warning, "\(text); it is not ready", at: node.host, advice: advice)
        }
        guard load.connections < load.limit else {
            let words = "\(text); none are free: newcomers get 503"
            return Finding(.problem, words, at: node.host, advice: room)
        }
        guard load.connections * 10 >= load.limit * 9 else { return Finding(.fine, text, at: node.host) }
        return Finding(.warning, "\(text): hardly any are free", at: node.host, advice: room)
    }

    private static func words(_ node: NodeAnnouncement) -> String { "\(node.program) \(node.id) on \(node.host)" }
}
