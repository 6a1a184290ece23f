import NIOCore
import Platform
import Stores
import Testing

@Suite("The fullest node sends clients away, a share at a time, and never below the mean")
struct RebalancePlanTests {
    private static func nodes(_ connections: [Int], limits: [Int] = []) -> [NodeAnnouncement] {
        connections.enumerated().map { index, count in
            var node = NodeAnnouncement(id: "n\(index)", program: .edgeNode, admin: nil, sentAt: 0)
            node.load = NodeLoad(connections: count, limit: index < limits.count ? limits[index] : 10_000, streams: 1)
            return node
        }
    }

    @Test(arguments: [
        // connections of each node, share; which one, how many, what stays
        ([1000, 0], 0.1, "n0", 100, 500), ([0, 1000, 0], 0.25, "n1", 250, 334), ([600, 500], 0.25, "n0", 50, 550),
        ([10, 0, 0], 0.1, "n0", 1, 4), ([3, 0], 0.01, "n0", 1, 2),
    ])
    func plan(connections: [Int], share: Double, node: String, clients: Int, floor: Int) throws {
        let plan = try RebalancePlan(of: Self.nodes(connections), share: share)
        #expect(plan.node == node && plan.clients == clients && plan.mean == floor)
        let order = plan.order(within: 30)
        #expect(order == RebalanceOrder(node: node, clients: clients, floor: floor, seconds: 30))
        #expect(RebalanceOrder(order.encoded) == order)
    }

    @Test(
        arguments: [
            ([], RebalancePlan.Objection.nobody), ([7], .alone("n0")), ([500, 500], .level(mean: 500, fullest: 500)),
            ([520, 480], .level(mean: 500, fullest: 520)), ([1, 0], .level(mean: 1, fullest: 1)),
            ([0, 0], .level(mean: 0, fullest: 0)),
        ] as [([Int], RebalancePlan.Objection)]
    )
    func nothingIsToBeDone(connections: [Int], objection: RebalancePlan.Objection) {
        #expect(throws: objection) { try RebalancePlan(of: Self.nodes(connections), share: 0.25) }
    }

    @Test func whoIsLeavingAndWhoHasNoClientsDoNotCount() {
        var nodes = Self.nodes([1000, 0])
        nodes[1].isLeaving = true
        nodes.append(NodeAnnouncement(id: "i", program: .ingestor, admin: nil, sentAt: 0))
        #expect(throws: RebalancePlan.Objection.alone("n0")) { try RebalancePlan(of: nodes, share: 0.1) }
    }

    /// No load balancer sends anybody there.
    @Test func whoIsNotReadyDoesNotCount() throws {
        var nodes = Self.nodes([1000, 0, 0])
        nodes[1].isReady = false
        let plan = try RebalancePlan(of: nodes, share: 0.25)
        #expect(plan.node == "n0" && plan.mean == 500)
        nodes[2].isReady = false
        #expect(throws: RebalancePlan.Objection.alone("n0")) { try RebalancePlan(of: nodes, share: 0.25) }
        nodes[0].isReady = false
        #expect(throws: RebalancePlan.Objection.nobody) { try RebalancePlan(of: nodes, share: 0.25) }
    }

    /// Who finds no place is turned away by all.
    @Test(arguments: [([1000, 90, 10], [2000, 100, 20], 20), ([1000, 90, 0], [2000, 100, 5000], 250)])
    func noMoreGoThanOthersHavePlacesFor(connections: [Int], limits: [Int], clients: Int) throws {
        let plan = try RebalancePlan(of: Self.nodes(connections, limits: limits), share: 0.25)
        #expect(plan.node == "n0" && plan.clients == clients)
    }

    @Test func whereOthersAreFullNobodyGoes() {
        let nodes = Self.nodes([1000, 100, 30], limits: [2000, 100, 20])
        #expect(throws: RebalancePlan.Objection.full(fullest: 1000)) { try RebalancePlan(of: nodes, share: 0.25) }
    }

    @Test(
        arguments: [
            // clients before, clients then; whether the others have more
            ([1000, 10, 20], [900, 60, 70], true), ([1000, 10, 20], [900, 10, 20], false),
            ([1000, 10, 20], [1000, 10, 20], false), ([1000, 10, 20], [900, 30, 0], false),
            // One has come meanwhile, and has got them.
            ([1000, 10, 20], [900, 10, 20, 100], true),
        ] as [([Int], [Int], Bool)]
    )
    func aRoundHasHelpedWhereOthersHaveMore(before: [Int], after: [Int], hasHelped: Bool) throws {
        let nodes = Self.nodes(before)
        let round = RebalanceRound(try RebalancePlan(of: nodes, share: 0.25), of: nodes)
        #expect(round.hasHelped(by: Self.nodes(after)) == hasHelped)
    }

    @Test func whoHasGoneMeanwhileIsNotMissed() throws {
        let nodes = Self.nodes([1000, 10, 300])
        let round = RebalanceRound(try RebalancePlan(of: nodes, share: 0.25), of: nodes)
        #expect(round.hasHelped(by: Self.nodes([900, 110])))
        #expect(!round.hasHelped(by: Self.nodes([900, 10])))
    }

    /// Each round moves clients to those that have fewer: it comes to an end, and nobody is sent away from a node below the mean.
    @Test func roundsComeToAnEnd() throws {
        var connections = [9000, 100, 3000, 0]
        var rounds = 0
        while let plan = try? RebalancePlan(of: Self.nodes(connections), share: 0.25) {
            let index = try #require(Int(plan.node.dropFirst()))
            connections[index] -= plan.clients
            #expect(connections[index] >= plan.mean)
            // As a load balancer that sends each to who has least.
            for _ in 0..<plan.clients {
                let least = connections.indices.min { connections[$0] < connections[$1] } ?? 0
                connections[least] += 1
            }
            rounds += 1
            #expect(rounds < 50)
            if rounds >= 50 { break }
        }
        #expect(connections.allSatisfy { abs($0 - 3025) < 200 }, "\(connections)")
    }

    @Test(arguments: [
        "", "{}", #"{"op":"revoke","node":"n","clients":1,"floor":0,"seconds":30}"#,
        #"{"op":"rebalance","node":"n","clients":0,"floor":0,"seconds":30}"#,
        #"{"op":"rebalance","node":"n","clients":1,"floor":-1,"seconds":30}"#,
        #"{"op":"rebalance","node":"n","clients":1,"floor":0,"seconds":601}"#,
        #"{"op":"rebalance","node":"n","clients":1,"floor":0,"seconds":0}"#,
        #"{"op":"rebalance","clients":1,"floor":0,"seconds":30}"#,
    ])
    func whatIsNoOrderIsNotRead(_ body: String) { #expect(RebalanceOrder(ByteBuffer(string: body)) == nil) }
}
