import Testing

/// What clients say and get to hear.
@Suite struct ConversationTests {
    @Test("A client's conversation: subscriptions, snapshots, 1,000 contiguous updates, errors, limits, dialects")
    func conversation() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator(["--symbols", "3", "--rate", "100"])
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                environment: Scenario.withoutInstruments
            )
            try await scenario.run(client: "conversation.py", [gateway.clients])
        }
    }

    @Test("A client too many is refused with 503 and Retry-After; a place that is given up is free again")
    func full() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator()
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                environment: ["MAX_CLIENTS_TOTAL": "2"]
            )
            try await scenario.run(client: "full.py", [gateway.clients])
        }
    }
}
