import Foundation
import TestSupport
import Testing

/// The log as a log store gets it, of the real programs.
@Suite struct LogFieldsTests {
    private typealias Line = [String: Any]

    @Test("Each line of JSON has the node that is announced, and those about a client have its connection's number")
    func programs() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator()
            let port = try FreePort()
            port.close()
            let redis = try scenario.start("/usr/bin/env", ["redis-server", "--port", "\(port.number)", "--save", ""])
            try await redis.line(containing: "Ready to accept connections")
            let stores = ["REDIS_URL": "redis://127.0.0.1:\(port.number)"]
            let shared = stores.merging(["LOG_JSON": "true", "LOG_LEVEL": "debug"]) { $1 }
            let ingestor = try scenario.start(
                BuiltProducts.executable("ingestor"),
                [],
                environment: shared.merging(["ADMIN_PORT": "0", "BYBIT_WS_URL": simulator.exchange]) { $1 }
            )
            let edge = try scenario.start(
                BuiltProducts.executable("edge-node"),
                [],
                environment: shared.merging(["PORT": "0"]) { $1 }
            )
            let listening = try await edge.line(containing: #""message":"listening""#, within: .seconds(30))
            let address = try #require(try Self.fields(listening)["address"] as? String)
            let number = try #require(address.split(separator: ":").last)
            try await scenario.run(client: "visit.py", ["ws://127.0.0.1:\(number)/ws"])
            try await edge.line(containing: "a client has left")
            let doctor = try scenario.start(
                BuiltProducts.executable("tidegate"),
                ["doctor", "--for", "edge-node"],
                environment: stores
            )
            _ = try await doctor.exit(within: .seconds(60))
            try await scenario.stop(edge)
            try await scenario.stop(ingestor)

            let node = try Self.node(of: edge)
            #expect(node.hasPrefix("edge-"))
            #expect(doctor.snapshot.lines.contains { $0.contains("edge-node \(node) on ") }, "\(doctor.tail)")
            #expect(try Self.node(of: ingestor).hasPrefix("ingestor-"))

            let words = ["let in a client", "confirmed subscriptions", "a client has left"]
            let visit = try Self.lines(of: edge).filter { words.contains($0["message"] as? String ?? "") }
            #expect(visit.compactMap { $0["message"] as? String } == words, "\(visit)")
            #expect(visit.compactMap { $0["connection"] as? Int } == [1, 1, 1], "\(visit)")
            #expect(visit.compactMap { $0["address"] as? String }.count == words.count, "\(visit)")

            let upstream = try Self.lines(of: ingestor)
            #expect(upstream.contains { $0["upstream_connection"] as? Int == 1 }, "\(ingestor.tail)")
            #expect(upstream.allSatisfy { $0["connection"] == nil }, "that is a client's")
        }
    }

    @Test("What ends a process at its start is a line of JSON, too", arguments: ["setting", "document", "error"])
    func lastWords(cause: String) async throws {
        let document = FileManager.default.temporaryDirectory.appending(path: "document-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: document) }
        try Data("version: 1\nstreems: []\n".utf8).write(to: URL(filePath: document))
        let alone = ["BROKER_URL": "redis://127.0.0.1:1", "HISTORY_URL": "none", "LOG_JSON": "true", "PORT": "0"]
        let (environment, status, label): ([String: String], Int32, String) =
            switch cause {
            case "setting": (["PORT": "eighty"], 2, "configuration")
            case "document": (["TIDEGATE_DOCUMENT": document], 2, "document")
            default: (["AUTH_MODE": "required"], 1, "edge-node")
            }
        try await Scenario.run(lanes: 0) { scenario in
            let process = try scenario.start(
                BuiltProducts.executable("edge-node"),
                [],
                environment: alone.merging(environment) { $1 }
            )
            #expect(try await process.exit() == .status(status), "\(process.tail)")
            // Behind it may stand what its connections said at the same time.
            let words = try Self.lines(of: process).filter { $0["level"] as? String == "critical" }
            let last = try #require(words.first, "\(process.tail)")
            #expect(words.count == 1 && last["label"] as? String == label, "\(process.tail)")
            #expect((last["message"] as? String)?.isEmpty == false && last["ts"] is String, "\(process.tail)")
            #expect(try Self.node(of: process).hasPrefix("edge-"))
        }
    }

    /// The one that all lines of a process have.
    private static func node(of process: RunningProcess) throws -> String {
        let nodes = Set(try lines(of: process).map { $0["node"] as? String })
        #expect(nodes.count == 1, "\(nodes) in \(process.tail)")
        return try #require(nodes.compactMap { $0 }.first)
    }

    private static func lines(of process: RunningProcess) throws -> [Line] {
        try process.snapshot.errorLines.map(fields)
    }

    private static func fields(_ line: String) throws -> Line {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? Line, "no JSON: \(line)")
    }
}
