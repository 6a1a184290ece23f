import TestSupport
import Testing

/// `tidegate rebalance` at a gateway of processes of its own: clients move to the node that was added, and lose nothing.
@Suite struct RebalanceTests {
    private static let clients = 20
    /// A quarter of them, which is less than what the mean allows.
    private static let moving = 5

    @Test(
        "Some clients of the fullest node come to another, where they go on without a loss",
        arguments: ["redis", "nats"]
    )
    func rebalance(broker: String) async throws {
        try await Scenario.run { scenario in
            let shared = ["RESUME_TOKEN_KEY": "0123456789abcdef0123456789abcdef"]
            let cluster = try await ControlCluster(scenario, broker, node: shared)
            defer { cluster.remove() }
            let alone = try cluster.command(["rebalance"], input: "")
            #expect(try await alone.exit(within: .seconds(60)) == .status(3), "\(alone.tail)")
            #expect(alone.snapshot.errorLines.first?.contains("there is one node only") == true, "\(alone.tail)")

            let second = try await cluster.startNode(shared)
            let crowd = try scenario.client(
                "rebalance.py",
                [cluster.node.http, second.http, "\(Self.clients)", "\(Self.moving)"]
            )
            try await crowd.line(containing: "ready", within: .seconds(60))
            let dry = try cluster.command(["rebalance", "--dry-run", "--share", "0.25"], input: "")
            #expect(try await dry.exit(within: .seconds(60)) == .status(0), "\(dry.tail)")
            let words = "has \(Self.clients) clients, and the mean is \(Self.clients / 2)"
            #expect(
                dry.snapshot.lines.last?.contains("\(words): \(Self.moving) would be sent away") == true,
                "\(dry.tail)"
            )

            let command = try cluster.command(["rebalance", "--share", "0.25", "--within", "3"], input: "")
            #expect(try await command.exit(within: .seconds(60)) == .status(0), "\(command.tail)")
            #expect(
                command.snapshot.lines.last == "\(Self.moving) of them are told to go within 3 s"
                    && command.snapshot.lines.count == 2,
                "\(command.tail)"
            )
            try await scenario.succeeds(crowd, within: .seconds(60))
        }
    }

    @Test("A node that has another key does nothing, and that is said")
    func anotherKey() async throws {
        try await Scenario.run { scenario in
            let cluster = try await ControlCluster(scenario, "redis")
            defer { cluster.remove() }
            let second = try await cluster.startNode([:])
            let crowd = try scenario.client("rebalance.py", [cluster.node.http, second.http, "4", "0"])
            try await crowd.line(containing: "ready", within: .seconds(60))
            let other = ["CONTROL_KEY": "another key of thirty-two bytes.."]
            let command = try cluster.command(["rebalance"], input: "", environment: other)
            #expect(try await command.exit(within: .seconds(60)) == .status(4), "\(command.tail)")
            #expect(command.snapshot.errorLines.last?.contains("does not answer") == true, "\(command.tail)")
            try await cluster.node.process.line(containing: "refused an order")
            try await scenario.succeeds(crowd, within: .seconds(60))
        }
    }
}
