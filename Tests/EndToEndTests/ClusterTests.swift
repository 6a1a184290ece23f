import Foundation
import Testing

/// Ingestors, edge nodes, a broker and a history as real processes, broken in every way that we know, under the eyes of
/// 200 clients that verify everything they are told.
///
/// Serial, and while nothing else runs, since each keeps a machine with two cores busy: most of the time limit is for
/// waiting until the others have ended. What is done and what clients may notice of it stands in
/// `Python/cluster/scenarios.py`; the table that the run prints is in the failure's message.
@Suite(.serialized) struct ClusterTests {
    @Test(
        "Whatever dies, no client misses or repeats anything without being told",
        .timeLimit(.minutes(15)),
        arguments: ["nats", "redis"]
    )
    func cluster(broker: String) async throws {
        try await Self.run(["scenarios", "--broker", broker], within: .seconds(340))
    }

    @Test("What the clients verify holds of one process, too", .timeLimit(.minutes(15)))
    func standalone() async throws {
        try await Self.run(["standalone"], within: .seconds(100))
    }

    @Test("The clients find each broken promise, and no other", .timeLimit(.minutes(15)))
    func checker() async throws {
        try await Scenario.run { scenario in
            let tidegate = try BuiltProducts.executable("tidegate")
            try await scenario.run(client: "cluster/checker_test.py", [tidegate], within: .seconds(150))
        }
    }

    private static func run(_ arguments: [String], within limit: Duration) async throws {
        try await Scenario.run(lanes: .max) { scenario in
            let build = URL(fileURLWithPath: try BuiltProducts.executable("tidegate")).deletingLastPathComponent().path
            let options = arguments + ["--build", build]
            let client = try scenario.client("cluster/cluster.py", options)
            try await scenario.succeeds(client, within: limit)
            for line in client.snapshot.lines { print(line) }
        }
    }
}
