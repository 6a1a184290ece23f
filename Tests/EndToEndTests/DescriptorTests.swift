import TestSupport
import Testing

/// The descriptors that the system gives the process, and what it makes of them.
@Suite struct DescriptorTests {
    @Test("A process with fewer descriptors than MAX_CLIENTS_TOTAL says so, lets in as many as fit, and never spins")
    func descriptors() async throws {
        try await Scenario.run { scenario in
            let (process, port) = try await node(scenario, limit: "ulimit -n 200")
            let line = try await process.line(containing: "MAX_CLIENTS_TOTAL is 10000")
            #expect(line.contains("WARNING") && line.contains("may open 200"), "\(line)")
            try await scenario.run(client: "descriptors.py", ["http://127.0.0.1:\(port)", "\(process.identifier)"])
            try await scenario.stop(process)
        }
    }

    @Test("A soft limit is raised: nothing is missing, and nothing is said")
    func softLimit() async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let (process, port) = try await node(scenario, limit: "ulimit -Sn 200")
            try await scenario.run(client: "pages.py", ["http://127.0.0.1:\(port)"])
            try await scenario.stop(process)
            #expect(!process.snapshot.allLines.contains { $0.contains("MAX_CLIENTS_TOTAL") }, "\(process.tail)")
        }
    }

    @Test("A process that could let in nobody ends with status 1 and a line that says why")
    func noPlaces() async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let process = try start(scenario, limit: "ulimit -n 60", environment: ["LOG_LEVEL": "error"])
            #expect(try await process.exit() == .status(1), "\(process.tail)")
            let lines = process.snapshot.allLines
            #expect(lines.count == 1 && lines[0].contains("may open 60 files (ulimit -n)"), "\(process.tail)")
        }
    }

    private func node(_ scenario: Scenario, limit: String) async throws -> (process: RunningProcess, port: Int) {
        let process = try start(scenario, limit: limit)
        let line = try await process.line(containing: "listening")
        return (process, try Scenario.port(after: "address=", in: line))
    }

    /// An edge node under a limit of the shell that starts it, with a Redis that nobody has.
    private func start(
        _ scenario: Scenario,
        limit: String,
        environment: [String: String] = [:]
    ) throws -> RunningProcess {
        let alone = ["PORT": "0", "EDGE_THREADS": "1", "BROKER_URL": "redis://127.0.0.1:1", "HISTORY_URL": "none"]
        return try scenario.start(
            "/bin/sh",
            ["-c", "\(limit); exec \"$0\"", try BuiltProducts.executable("edge-node")],
            environment: alone.merging(environment) { $1 }
        )
    }
}
