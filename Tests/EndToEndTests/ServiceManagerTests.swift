import Foundation
import TestSupport
import Testing

/// As services of systemd with `Type=notify`: it hears when each program has come up, how it is, and when it leaves.
@Suite struct ServiceManagerTests {
    @Test("A gateway has come up when its port is open, says when clients may come, and that it leaves")
    func gateway() async throws {
        try await Scenario.run { scenario in
            let name = FileManager.default.temporaryDirectory.appending(path: "tg-\(UUID().uuidString)").path
            let manager = try DatagramSocket(name)
            let gateway = try await scenario.gateway(
                upstream: "simulator",
                environment: ["NOTIFY_SOCKET": name],
                within: .seconds(30)
            )
            try await Self.comesUpAndServes(manager)
            try await scenario.run(client: "ready.py", [gateway.http])
            try await scenario.stop(gateway.process)
            try Self.hasLeft(manager)
        }
    }

    @Test("A node comes up without its broker and says that it waits for it, then that it serves, then that it leaves")
    func node() async throws {
        try await Scenario.run { scenario in
            let name = "@tidegate-\(UUID().uuidString)"
            let manager = try DatagramSocket(name)
            let port = try FreePort()
            port.close()
            let process = try scenario.start(
                BuiltProducts.executable("edge-node"),
                [],
                environment: [
                    "BROKER_URL": "redis://127.0.0.1:\(port.number)", "HISTORY_URL": "none", "PORT": "0",
                    "READY_WITHOUT_INGESTOR": "true", "NOTIFY_SOCKET": name,
                ]
            )
            let first = try await Self.next(manager)
            #expect(first.hasPrefix("READY=1\nSTATUS=not ready: broker: "), "\(first)")
            let redis = try scenario.start("/usr/bin/env", ["redis-server", "--port", "\(port.number)", "--save", ""])
            try await redis.line(containing: "Ready to accept connections")
            try await Self.serves(manager)
            try await scenario.stop(process)
            try Self.hasLeft(manager)
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
            try await Self.comesUpAndServes(manager)
            try await scenario.run(
                client: "without_ingestor.py",
                ["http://127.0.0.1:\(Scenario.port(after: "address=", in: line))"]
            )
            try await scenario.stop(process)
        }
    }

    @Test("An ingestor has come up when its pages are there, says when it could lead, and that it leaves")
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
            try await Self.comesUpAndServes(manager)
            try await scenario.stop(process)
            try Self.hasLeft(manager)
        }
    }

    /// It may serve at once, or say before what it waits for.
    private static func comesUpAndServes(_ manager: DatagramSocket) async throws {
        let first = try await next(manager)
        #expect(first.hasPrefix("READY=1\n"), "\(first)")
        if !first.hasSuffix("\nSTATUS=serving") { try await serves(manager) }
    }

    /// Whatever it waited for meanwhile.
    private static func serves(_ manager: DatagramSocket) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            let message = try await next(manager)
            if message == "STATUS=serving" { return }
            #expect(message.hasPrefix("STATUS=not ready: "), "\(message)")
        }
        Issue.record("it did not serve within a minute")
    }

    /// The last that is said, whatever it waited for before.
    private static func hasLeft(_ manager: DatagramSocket) throws {
        var last = try manager.receive()
        while !manager.isEmpty { last = try manager.receive() }
        #expect(last == "STOPPING=1\nSTATUS=leaving", "\(last)")
    }

    /// Without blocking a thread of the others for as long as nothing comes.
    private static func next(_ manager: DatagramSocket) async throws -> String {
        let end = ContinuousClock.now + .seconds(60)
        while manager.isEmpty, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(10)) }
        return try manager.receive()
    }
}
