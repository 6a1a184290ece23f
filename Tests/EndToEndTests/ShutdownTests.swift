import Glibc
import Testing

/// The gateway leaves as it should.
@Suite struct ShutdownTests {
    @Test("Clients are told, closed with 1001, and the process ends well", arguments: [SIGTERM, SIGINT])
    func shutdown(signal: Int32) async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator()
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                environment: ["SHUTDOWN_TIMEOUT": "5"]
            )
            let client = try scenario.client("leaving.py", [gateway.http])
            try await client.line(containing: "ready")
            try await scenario.stop(gateway.process, signal: signal, within: .seconds(6))
            try await scenario.succeeds(client)
            try await scenario.stop(simulator.process, signal: signal)
        }
    }
}
