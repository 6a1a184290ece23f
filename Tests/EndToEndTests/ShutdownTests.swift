import Glibc
import TestSupport
import Testing

/// The gateway leaves as it should.
@Suite struct ShutdownTests {
    @Test("Not ready, then clients are told, served to their own time and closed with 1001, and the process ends well")
    func shutdown() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator()
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                environment: ["DRAIN_DELAY": "4", "DRAIN_SECONDS": "10"]
            )
            let client = try scenario.client("leaving.py", [gateway.http, "4", "10"])
            try await client.line(containing: "ready")
            try await scenario.stop(gateway.process, within: .seconds(30))
            try await scenario.succeeds(client)
            try await scenario.stop(simulator.process)
        }
    }

    @Test("Nobody is waited for who has gone: the process ends when the last has", arguments: [SIGTERM, SIGINT])
    func theLastIsGone(signal: Int32) async throws {
        try await Scenario.run { scenario in
            let gateway = try await scenario.gateway(upstream: "simulator", environment: ["DRAIN_SECONDS": "600"])
            let clients = try (0..<2).map { _ in try scenario.client("going.py", [gateway.http]) }
            for client in clients { try await client.line(containing: "ready") }
            try await scenario.stop(gateway.process, signal: signal)
            for client in clients { try await scenario.succeeds(client) }
        }
    }

    @Test("A second signal ends it at once", arguments: [(SIGTERM, 143), (SIGINT, 130)] as [(Int32, Int32)])
    func secondSignal(signal: Int32, status: Int32) async throws {
        try await Scenario.run { scenario in
            let gateway = try await scenario.gateway(
                upstream: "simulator",
                environment: ["DRAIN_DELAY": "600", "DRAIN_SECONDS": "1200"]
            )
            // What runs before is ended by the signal itself.
            try await gateway.process.line(containing: "this ingestor leads", within: .seconds(30))
            gateway.process.signal(SIGTERM)
            try await gateway.process.line(containing: "not ready any more")
            gateway.process.signal(signal)
            #expect(try await gateway.process.exit() == .status(status), "\(gateway.process.tail)")
        }
    }

    @Test("The old name of the setting is refused with the new one", arguments: ["edge-node", "tidegate", "ingestor"])
    func oldName(program: String) async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let process = try scenario.start(
                BuiltProducts.executable(program),
                program == "tidegate" ? ["standalone"] : [],
                environment: ["SHUTDOWN_TIMEOUT": "10"]
            )
            #expect(try await process.exit() == .status(2), "\(process.tail)")
            #expect(
                process.snapshot.errorLines.first?.contains("is called DRAIN_SECONDS now") == true,
                "\(process.tail)"
            )
        }
    }
}
