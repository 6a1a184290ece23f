import Foundation
import TestSupport
import Testing

/// A simulated exchange, an ingestor and a node with their stores, which take what is signed and sign what they publish.
final class ControlCluster: Sendable {
    let ingestor: RunningProcess
    let node: Server
    private let scenario: Scenario
    private let environment: [String: String]
    private let folder: URL
    private let nodeDocument: String

    /// - Parameter broker: redis, or nats with a Redis as history.
    /// - Parameter settings: Of the node, beside those of the cluster.
    init(_ scenario: Scenario, _ broker: String, node settings: [String: String] = [:]) async throws {
        self.scenario = scenario
        folder = FileManager.default.temporaryDirectory.appending(path: "tidegate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let redis = try Self.freePort()
        let store = try scenario.start(
            "/usr/bin/env",
            ["redis-server", "--bind", "127.0.0.1", "--port", "\(redis)", "--save", "", "--dir", folder.path]
        )
        try await store.line(containing: "eady to accept connections")
        var environment = [
            "REDIS_URL": "redis://127.0.0.1:\(redis)", "WIRE_VERSION": "2",
            "CONTROL_KEY": "k1:0123456789abcdef0123456789abcdef",
        ]
        if broker == "nats" {
            let port = try Self.freePort()
            let server = try scenario.start("/usr/bin/env", ["nats-server", "-a", "127.0.0.1", "-p", "\(port)"])
            try await server.line(containing: "Server is ready")
            environment["BROKER_URL"] = "nats://127.0.0.1:\(port)"
        }
        self.environment = environment
        let simulator = try await scenario.simulator(["--symbols", "1", "--rate", "5"])
        try await Self.makeKeys(scenario, folder)
        ingestor = try scenario.start(
            BuiltProducts.executable("ingestor"),
            [],
            environment: environment.merging([
                "ADMIN_PORT": "0", "BYBIT_WS_URL": simulator.exchange,
                "TIDEGATE_DOCUMENT": try Self.document(folder, "ingestor", ["k2.pem", "k1-public.pem"]),
            ]) { $1 }
        )
        try await ingestor.line(containing: "this ingestor leads", within: .seconds(30))
        // A node has the public halves only.
        nodeDocument = try Self.document(folder, "node", ["k2-public.pem", "k1-public.pem"])
        node = try await Self.startNode(scenario, environment, nodeDocument, settings)
    }

    /// One more node.
    func startNode(_ settings: [String: String]) async throws -> Server {
        try await Self.startNode(scenario, environment, nodeDocument, settings)
    }

    private static func startNode(
        _ scenario: Scenario,
        _ environment: [String: String],
        _ document: String,
        _ settings: [String: String]
    ) async throws -> Server {
        let own = ["PORT": "0", "EDGE_THREADS": "1", "TIDEGATE_DOCUMENT": document]
        let process = try scenario.start(
            BuiltProducts.executable("edge-node"),
            [],
            environment: environment.merging(own) { $1 }.merging(settings) { $1 }
        )
        let line = try await process.line(containing: "edge-node: listening", within: .seconds(30))
        return Server(process: process, port: try Scenario.port(after: "address=", in: line))
    }

    /// Runs `tidegate` with the settings of the gateway but for these, nil for unset ones.
    func command(
        _ arguments: [String],
        input: String,
        environment change: [String: String?] = [:]
    ) throws -> RunningProcess {
        let file = folder.appending(path: "input-\(UUID().uuidString)")
        try input.write(to: file, atomically: true, encoding: .utf8)
        var environment = environment
        for (name, value) in change { environment[name] = value }
        let tool = try BuiltProducts.executable("tidegate")
        let words = ([tool] + arguments).map { "'\($0)'" }.joined(separator: " ")
        return try scenario.start("/bin/bash", ["-c", "exec \(words) <'\(file.path)'"], environment: environment)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    private static func document(_ folder: URL, _ name: String, _ keys: [String]) throws -> String {
        let file = folder.appending(path: "\(name).yaml")
        let list = keys.map { key in
            "    - id: \(key.prefix(2))\n      key: {file: \(folder.appending(path: key).path)}\n"
        }
        let text = """
            version: 1
            streams:
              - name: alerts.{word}
                class: event
            signing:
              streams: ["alerts.{word}", "orders.{word}"]
              keys:
            \(list.joined())
            """
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    private static func makeKeys(_ scenario: Scenario, _ folder: URL) async throws {
        let script = """
            for key in k1 k2; do
              openssl genpkey -algorithm ed25519 -out $key.pem && openssl pkey -in $key.pem -pubout -out $key-public.pem
            done
            """
        let making = try scenario.start("/bin/bash", ["-ec", "cd '\(folder.path)'\n\(script)"])
        #expect(try await making.exit() == .status(0), "\(making.tail)")
    }

    private static func freePort() throws -> Int {
        let port = try FreePort()
        port.close()
        return port.number
    }
}
