import Testing

/// What `loadtest/compare` and `loadtest/cluster` reckon with, and how they end what they start; not what they measure.
@Suite struct LoadTestToolsTests {
    @Test("The load tests' medians, ratios, readings of /proc and tables are right, and no process is left behind")
    func tools() async throws {
        try await Scenario.run(lanes: 0) { scenario in
            try await scenario.run(client: "loadtest_tools.py", [], within: .seconds(30))
        }
    }
}
