import Foundation
import Testing

/// A rollout with the times that the manifests for Kubernetes give a node. Most of it is waiting for clients that may stay to the
/// end of their time.
@Suite(.serialized) struct RolloutTests {
    @Test(
        "Three nodes are replaced under 1,000 clients: nothing is lost or repeated, and the new nodes have the clients",
        .timeLimit(.minutes(15))
    )
    func rollout() async throws {
        try await Scenario.run(lanes: .max) { scenario in
            let build = URL(fileURLWithPath: try BuiltProducts.executable("tidegate")).deletingLastPathComponent().path
            try await scenario.run(client: "rollout.py", [build], within: .seconds(185))
        }
    }
}
