import Glibc
import Testing

/// `--upstream auto` where the exchange can't be reached.
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
