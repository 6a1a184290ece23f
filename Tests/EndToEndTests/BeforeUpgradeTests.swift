import Foundation
import TestSupport
import Testing

/// What a process keeps of connections that are nobody yet.
@Suite struct BeforeUpgradeTests {
    @Test("Requests half, oversized, slow, or pipelined unread cost a node a few KB", arguments: [false, true])
    func edgeNode(tls: Bool) async throws {
        try await Scenario.run { scenario in
            var environment = ["PORT": "0", "EDGE_THREADS": "1", "HANDSHAKE_TIMEOUT": "3"]
            let files = tls ? try Self.certificate() : nil
            defer { files.map { try? FileManager.default.removeItem(at: $0) } }
            if let files {
                environment["TLS_CERTIFICATE_FILE"] = files.appending(path: "certificate.pem").path
                environment["TLS_KEY_FILE"] = files.appending(path: "key.pem").path
            }
            let node = try scenario.start(
                BuiltProducts.executable("edge-node"),
                [],
                environment: Self.alone.merging(environment) { $1 }
            )
            let port = try Scenario.port(after: "address=", in: try await node.line(containing: "listening"))
            let address = ["http://127.0.0.1:\(port)", "\(node.identifier)", "/stats"]
            try await scenario.run(client: "before_upgrade.py", address + (tls ? ["tls"] : []))
            try await scenario.stop(node)
        }
    }

    @Test("One that pipelines without reading costs an ingestor a few KB")
    func ingestor() async throws {
        try await Scenario.run { scenario in
            let ingestor = try scenario.start(
                BuiltProducts.executable("ingestor"),
                [],
                environment: Self.alone.merging(["ADMIN_PORT": "0", "BYBIT_WS_URL": "ws://127.0.0.1:1"]) { $1 }
            )
            let port = try Scenario.port(after: "address=", in: try await ingestor.line(containing: "admin pages"))
            let address = ["http://127.0.0.1:\(port)", "\(ingestor.identifier)", "/stats", "one"]
            try await scenario.run(client: "before_upgrade.py", address)
            try await scenario.stop(ingestor)
        }
    }

    /// A Redis that nobody has: programs live without it.
    private static let alone = ["BROKER_URL": "redis://127.0.0.1:1", "HISTORY_URL": "none"]

    private static func certificate() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tidegate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try SelfSignedCertificate.make(certificate: "\(folder.path)/certificate.pem", key: "\(folder.path)/key.pem")
        return folder
    }
}
