import Testing

/// A real client of the exchange against the simulator, which everything else here is tested with.
@Suite struct PybitTests {
    @Test("pybit follows the simulator for 60 s without a fault")
    func pybit() async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let simulator = try await scenario.simulator()
            try await scenario.run(client: "pybit_check.py", [simulator.exchange, "60"], within: .seconds(180))
        }
    }
}
