import Foundation
import TestSupport
import Testing

/// `tidegate doctor` as a script and a person meet it.
@Suite struct DoctorCommandTests {
    private struct Report: Decodable {
        struct Check: Decodable {
            struct Finding: Decodable {
                let grade: String
                let what: String
            }

            let check: String
            let findings: [Finding]
        }

        let status: Int
        let problems: Int
        let checks: [Check]
    }

    @Test("Where all is there it ends with 0, and in JSON says the same")
    func fine() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator()
            let tool = try BuiltProducts.executable("tidegate")
            let environment = ["BYBIT_WS_URL": simulator.exchange]
            let words = try scenario.start(tool, ["doctor"], environment: environment)
            #expect(try await words.exit(within: .seconds(60)) == .status(0), "\(words.tail)")
            #expect(words.snapshot.lines.last?.hasPrefix("0 problems, ") == true, "\(words.tail)")
            #expect(words.snapshot.lines.contains("  BYBIT_WS_URL=\(simulator.exchange) (from the environment)"))
            let json = try scenario.start(tool, ["doctor", "--json"], environment: environment)
            #expect(try await json.exit(within: .seconds(60)) == .status(0), "\(json.tail)")
            let report = try JSONDecoder().decode(Report.self, from: Data(json.snapshot.lines.joined().utf8))
            #expect(report.status == 0 && report.problems == 0)
            #expect(report.checks.first { $0.check == "upstream" }?.findings.map(\.grade) == ["fine", "fine"])
        }
    }

    @Test("A problem ends it with 1, and wrong settings or a wrong document with 2")
    func notFine() async throws {
        let document = FileManager.default.temporaryDirectory.appending(path: "document-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: document) }
        try Data("version: 2\n".utf8).write(to: document)
        let cases: [(environment: [String: String], status: Int32, words: String)] = [
            (["REDIS_URL": "redis://127.0.0.1:1"], 1, "Connection refused"),
            (["PORT": "eighty"], 2, "PORT: \"eighty\""),
            (["REDIS_URL": "redis://127.0.0.1:1", "TIDEGATE_DOCUMENT": document.path], 2, "PROBLEM  document: "),
        ]
        try await Scenario.run { scenario in
            for (environment, status, words) in cases {
                let process = try scenario.start(
                    BuiltProducts.executable("tidegate"),
                    ["doctor", "--for", "edge-node", "--timeout", "0.5"],
                    environment: environment
                )
                #expect(try await process.exit(within: .seconds(60)) == .status(status), "\(process.tail)")
                #expect(process.snapshot.lines.contains { $0.contains(words) }, "\(process.tail)")
            }
        }
    }
}
