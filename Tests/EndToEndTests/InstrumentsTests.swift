import TestSupport
import Testing

/// Symbols that the exchange does not have.
@Suite struct InstrumentsTests {
    @Test(
        "An invented symbol is rejected with the nearest and never reaches the exchange; a new listing is had in seconds"
    )
    func instruments() async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let simulator = try await scenario.simulator(["--symbols", "4"])
            let gateway = try await scenario.gateway(upstream: simulator.exchange)
            try await scenario.run(client: "instruments.py", [gateway.http, simulator.http])
        }
    }
}
