import Glibc
import TestSupport
import Testing

/// What nodes count together, and what is left of it when one of them is killed.
@Suite struct SharedLimitsTests {
    private static let secret = "a secret of thirty-two bytes or more"

    @Test("A user's connections are counted on both nodes; those of a killed one end with its lease")
    func aKilledNode() async throws {
        try await Scenario.run { scenario in
            let settings = ["JWT_SECRET": Self.secret, "MAX_CONNECTIONS_PER_USER": "1", "DEMAND_LEASE": "6"]
            let cluster = try await ControlCluster(scenario, "redis", node: settings)
            defer { cluster.remove() }
            let second = try await cluster.startNode(settings)
            let client = try scenario.client("seats.py", [cluster.node.http, second.http, Self.secret])
            try await client.line(containing: "held", within: .seconds(30))
            cluster.node.process.signal(SIGKILL)
            #expect(try await cluster.node.process.exit() == .signal(SIGKILL))
            client.send(line: "killed")
            try await scenario.succeeds(client, within: .seconds(90))
        }
    }
}
