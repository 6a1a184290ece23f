import Foundation
import TestSupport
import Testing

/// An API key from `tidegate keys new` to a client, and its end.
@Suite struct APIKeysTests {
    @Test("A key of the document lets in, grants what it names, changes and ends with the document")
    func life() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "document-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try await Scenario.run { scenario in
            let making = try scenario.start(BuiltProducts.executable("tidegate"), ["keys", "new", "charts"])
            #expect(try await making.exit() == .status(0), "\(making.tail)")
            let key = try #require(making.snapshot.lines.first)
            let digest = try #require(making.snapshot.lines.last?.split(separator: " ").last)
            let document = """
                version: 1
                policies:
                  - {streams: trade.*, access: role:trader}
                  - {streams: "orders.{user}", access: owner}
                keys:
                  - id: charts
                    sha256: \(digest)
                    user: site
                    roles: [trader]
                    streams: ["ticker.*", "trade.*", "orders.$sub"]
                """
            try Data(document.utf8).write(to: file)
            let gateway = try await scenario.gateway(
                upstream: "simulator",
                environment: [
                    // Else nobody brings orders, and they are refused.
                    "TIDEGATE_DOCUMENT": file.path, "CONTROL_KEY": "0123456789abcdef0123456789abcdef",
                ],
                within: .seconds(30)
            )
            try await scenario.run(
                client: "keys.py",
                [gateway.clients, file.path, key, String(digest)],
                within: .seconds(220)
            )
            let lines = gateway.process.snapshot.lines + gateway.process.snapshot.errorLines
            #expect(!lines.contains { $0.contains(key) })
        }
    }
}
