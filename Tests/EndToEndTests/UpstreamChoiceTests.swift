import Glibc
import Testing

/// `--upstream auto` and `--upstream bybit` where the exchange can't be reached.
@Suite struct UpstreamChoiceTests {
    @Test("A closed port: the simulator takes over, loudly, and every message says so")
    func closedPort() async throws {
        let port = try FreePort()
        port.close()
        try await expectSimulator(exchange: "ws://127.0.0.1:\(port.number)/v5/public/linear")
    }

    @Test("A server that accepts and never answers is given up after 5 s")
    func silentServer() async throws {
        // Listening is enough: the system completes connections that nobody accepts.
        let port = try FreePort()
        defer { port.close() }
        let duration = try await ContinuousClock().measure {
            try await expectSimulator(exchange: "ws://127.0.0.1:\(port.number)/v5/public/linear")
        }
        #expect(duration > .seconds(4))
    }

    @Test("The exchange alone: a closed port is tried again, and nothing is simulated")
    func exchangeAlone() async throws {
        let port = try FreePort()
        port.close()
        try await Scenario.run(lanes: 0) { scenario in
            let gateway = try await scenario.gateway(
                upstream: "bybit",
                environment: ["BYBIT_WS_URL": "ws://127.0.0.1:\(port.number)/v5/public/linear"]
            )
            try await scenario.run(client: "unsimulated.py", [gateway.http])
            try await scenario.stop(gateway.process)
            let lines = gateway.process.snapshot.lines + gateway.process.snapshot.errorLines
            #expect(!lines.contains { $0.contains("SIMULATED") }, "\(gateway.process.tail)")
        }
    }

    @Test("The exchange alone: as it is configured, where it can be reached")
    func exchangeAsConfigured() async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let simulator = try await scenario.simulator()
            let gateway = try await scenario.gateway(
                upstream: "bybit",
                environment: ["BYBIT_WS_URL": simulator.exchange]
            )
            try await scenario.run(client: "unsimulated.py", [gateway.http, "connected"])
            try await scenario.stop(gateway.process)
        }
    }

    private func expectSimulator(exchange: String) async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let gateway = try await scenario.gateway(
                upstream: "auto",
                environment: ["BYBIT_WS_URL": exchange],
                within: .seconds(9)
            )
            try await gateway.process.line(containing: "THE EXCHANGE CAN'T BE REACHED")
            try await scenario.run(client: "simulated.py", [gateway.http])
            try await scenario.stop(gateway.process)
        }
    }
}
