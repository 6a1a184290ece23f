import TestSupport
import Testing

/// A log that nobody reads.
@Suite struct StalledLogTests {
    @Test("With a full pipe for a log a node starts, answers and ends; what it said comes when the log is read")
    func node() async throws {
        try await Scenario.run { scenario in
            try await scenario.run(client: "stalled_log.py", [try BuiltProducts.executable("edge-node")])
        }
    }
}
