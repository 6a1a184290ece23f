import Foundation
import Testing

/// A real Prometheus and a real Alertmanager (Debian's) over a cluster of real processes.
@Suite(.serialized) struct MonitoringTests {
    @Test(
        "All that dashboards, rules and documents name is there under load, and a dead ingestor is told within two minutes",
        .timeLimit(.minutes(15))
    )
    func monitoring() async throws {
        try await Scenario.run(lanes: .max) { scenario in
            let build = URL(fileURLWithPath: try BuiltProducts.executable("tidegate")).deletingLastPathComponent().path
            try await scenario.run(client: "monitoring.py", [build], within: .seconds(250))
        }
    }
}
