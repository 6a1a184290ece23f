import Testing

/// Many clients, slow ones, silent ones: none costs another anything.
@Suite struct ClientsTests {
    @Test("A silent client is closed as idle, a listening one is not")
    func idle() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator()
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                environment: ["CLIENT_IDLE_TIMEOUT": "1"]
            )
            try await scenario.run(client: "idle.py", [gateway.clients])
        }
    }

    @Test("100 clients come and go at random: one that stays misses nothing, and the gateway comes to rest")
    func crowd() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator(["--symbols", "40"])
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                // Streams that all have left are let go at once, so that they are often wanted again that very moment.
                environment: ["SUBSCRIPTION_LINGER": "0", "UPSTREAM_LINGER": "0"]
            )
            try await scenario.run(client: "crowd.py", [gateway.http, "\(gateway.process.identifier)"])
        }
    }

    @Test("A client that stops reading is dropped, and disturbs nobody")
    func stalled() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator(["--symbols", "3", "--rate", "50"])
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                environment: ["FANOUT_CALLBACK_TIMEOUT": "1", "MAX_OUTBOX_BYTES": "65536"]
            )
            try await scenario.run(client: "stalled.py", [gateway.http])
        }
    }

    @Test("A client that reads gets everything, however small its outbox is")
    func smallOutbox() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator(["--symbols", "3", "--rate", "60"])
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                environment: ["MAX_OUTBOX_BYTES": "4096"]
            )
            try await scenario.run(client: "small_outbox.py", [gateway.clients])
        }
    }

    @Test("The echo gives back text and binary messages of all sizes")
    func echo() async throws {
        try await Scenario.run { scenario in
            let gateway = try await scenario.gateway(upstream: "simulator", environment: ["ECHO_PATH": "/echo"])
            try await scenario.run(client: "echo.py", ["ws://127.0.0.1:\(gateway.port)/echo"])
        }
    }
}
