import Foundation
import TestSupport
import Testing

/// As services of systemd with `Type=notify`: it hears when each program is ready, and when it leaves.
@Suite struct ServiceManagerTests {
    @Test("A gateway is ready when clients may come, and says that it leaves")
    func gateway() async throws {
        try await Scenario.run { scenario in
            let name = FileManager.default.temporaryDirectory.appending(path: "tg-\(UUID().uuidString)").path
            let manager = try DatagramSocket(name)
            let gateway = try await scenario.gateway(
                upstream: "simulator",
                environment: ["NOTIFY_SOCKET": name],
                within: .seconds(30)
            )
            #expect(try await Self.next(manager).hasPrefix("READY=1\n"))
            try await scenario.run(client: "ready.py", [gateway.http])
            try await scenario.stop(gateway.process)
            #expect(try manager.receive().hasPrefix("STOPPING=1\n"))
            #expect(manager.isEmpty)
        }
    }

    @Test("A node without its ingestor is never ready, and says that it leaves")
    func node() async throws {
        try await Scenario.run { scenario in
            let name = "@tidegate-\(UUID().uuidString)"
            let manager = try DatagramSocket(name)
            let process = try scenario.start(
                BuiltProducts.executable("edge-node"),
                [],
                environment: [
                    "BROKER_URL": "redis://127.0.0.1:1", "HISTORY_URL": "none", "PORT": "0", "NOTIFY_SOCKET": name,
                ]
            )
            let line = try await process.line(containing: "edge-node: listening", within: .seconds(30))
            // Before that a signal would end it.
            try await scenario.run(
                client: "pages.py",
                ["http://127.0.0.1:\(Scenario.port(after: "address=", in: line))"]
            )
            try await scenario.stop(process)
            #expect(try manager.receive().hasPrefix("STOPPING=1\n"))
            #expect(manager.isEmpty)
        }
    }

    @Test("With READY_WITHOUT_INGESTOR a node is ready as soon as it has its broker, and its health says what is away")
    func nodeThatNeedsNoIngestor() async throws {
        try await Scenario.run { scenario in
            let name = "@tidegate-\(UUID().uuidString)"
            let manager = try DatagramSocket(name)
            let port = try FreePort()
            port.close()
            let redis = try scenario.start("/usr/bin/env", ["redis-server", "--port", "\(port.number)", "--save", ""])
            try await redis.line(containing: "Ready to accept connections")
            let process = try scenario.start(
                BuiltProducts.executable("edge-node"),
                [],
                environment: [
                    "REDIS_URL": "redis://127.0.0.1:\(port.number)", "PORT": "0", "READY_WITHOUT_INGESTOR": "true",
                    "NOTIFY_SOCKET": name,
                ]
            )
            let line = try await process.line(containing: "edge-node: listening", within: .seconds(30))
            #expect(try await Self.next(manager).hasPrefix("READY=1\n"))
            try await scenario.run(
                client: "without_ingestor.py",
                ["http://127.0.0.1:\(Scenario.port(after: "address=", in: line))"]
            )
            try await scenario.stop(process)
        }
    }

    @Test("An ingestor is ready when it could lead, and says that it leaves")
    func ingestor() async throws {
        try await Scenario.run { scenario in
            let name = "@tidegate-\(UUID().uuidString)"
            let manager = try DatagramSocket(name)
            let simulator = try await scenario.simulator()
            let port = try FreePort()
            port.close()
            let redis = try scenario.start("/usr/bin/env", ["redis-server", "--port", "\(port.number)", "--save", ""])
            try await redis.line(containing: "Ready to accept connections")
            let process = try scenario.start(
                BuiltProducts.executable("ingestor"),
                [],
                environment: [
                    "ADMIN_PORT": "0", "BYBIT_WS_URL": simulator.exchange,
                    "REDIS_URL": "redis://127.0.0.1:\(port.number)", "NOTIFY_SOCKET": name,
                ]
            )
            #expect(try await Self.next(manager).hasPrefix("READY=1\n"))
            try await scenario.stop(process)
            #expect(try manager.receive().hasPrefix("STOPPING=1\n"))
            #expect(manager.isEmpty)
        }
    }

    /// Without blocking a thread of the others for as long as nothing comes.
    private static func next(_ manager: DatagramSocket) async throws -> String {
        let end = ContinuousClock.now + .seconds(60)
        while manager.isEmpty, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(10)) }
        return try manager.receive()
    }
}
