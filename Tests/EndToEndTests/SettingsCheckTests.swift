import Foundation
import TestSupport
import Testing

/// `tidegate settings --check` finds what the start would find, and warns as the start does.
@Suite struct SettingsCheckTests {
    private static let signing = """
        version: 1
        signing:
          streams: ["orders.{word}"]
          keys: [{id: k, key: {env: SIGNING_KEY}}]
        """
    private static let whole = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
        -----END PRIVATE KEY-----
        """
    private static let half = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=
        -----END PUBLIC KEY-----
        """

    private static func withDocument(_ text: String, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "document-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data((text + "\n").utf8).write(to: file)
        try await body(file.path)
    }

    private static func check(_ scenario: Scenario, _ environment: [String: String]) throws -> RunningProcess {
        try scenario.start(BuiltProducts.executable("tidegate"), ["settings", "--check"], environment: environment)
    }

    @Test("What the start refuses, the check does", arguments: ["WIRE_VERSION", "AUTH_MODE", "TLS_CERTIFICATE_FILE"])
    func refused(setting: String) async throws {
        try await Self.withDocument(setting == "WIRE_VERSION" ? Self.signing : "version: 1") { path in
            try await Scenario.run(lanes: 0) { scenario in
                var environment = ["TIDEGATE_DOCUMENT": path, "SIGNING_KEY": Self.whole, "PORT": "0"]
                environment[setting] = ["WIRE_VERSION": "1", "AUTH_MODE": "required"][setting] ?? "/nowhere.pem"
                let check = try Self.check(scenario, environment)
                #expect(try await check.exit(within: .seconds(60)) == .status(2), "\(check.tail)")
                #expect(check.snapshot.lines == [], "\(check.tail)")
                let start = try scenario.start(
                    BuiltProducts.executable("tidegate"),
                    ["standalone", "--upstream", "simulator"],
                    environment: environment
                )
                #expect(try await start.exit(within: .seconds(60)) == .status(1), "\(start.tail)")
                let words = try #require(check.snapshot.errorLines.first).dropFirst("configuration: ".count)
                #expect(words.contains(setting), "\(check.tail)")
                #expect(start.snapshot.errorLines.last == "tidegate: \(words)", "\(start.tail)")
            }
        }
    }

    @Test("The public half of a signing key is right for a node: a warning")
    func publicHalf() async throws {
        try await Self.withDocument(Self.signing) { path in
            try await Scenario.run(lanes: 0) { scenario in
                let environment = ["TIDEGATE_DOCUMENT": path, "SIGNING_KEY": Self.half, "WIRE_VERSION": "2"]
                let check = try Self.check(scenario, environment)
                #expect(try await check.exit(within: .seconds(60)) == .status(0), "\(check.tail)")
                #expect(check.snapshot.errorLines.count == 1, "\(check.tail)")
                #expect(check.snapshot.errorLines.first?.hasPrefix("warning: signing.keys[0]") == true, "\(check.tail)")
            }
        }
    }

    @Test("What is hardly meant so is a warning, of the check and at the start")
    func warnings() async throws {
        let document = "version: 1\npolicies:\n  - {streams: trades.*, access: authenticated}"
        try await Self.withDocument(document) { path in
            try await Scenario.run { scenario in
                let environment = ["TIDEGATE_DOCUMENT": path, "JWT_AUDIENCE": "a", "JWT_SECRETS": "x"]
                let check = try Self.check(scenario, environment)
                #expect(try await check.exit(within: .seconds(60)) == .status(0), "\(check.tail)")
                let remarks = [
                    "JWT_SECRETS: is not a setting; did you mean JWT_SECRET?",
                    "JWT_AUDIENCE: set, and no key for tokens is",
                    "line 3: policies[0].streams in the document, trades.*, fits no stream",
                ]
                #expect(check.snapshot.errorLines.count == remarks.count, "\(check.tail)")
                for (line, words) in zip(check.snapshot.errorLines, remarks) {
                    #expect(line.hasPrefix("warning: \(words)"), "\(line)")
                }
                #expect(check.snapshot.lines.first == "the settings are right")
                let gateway = try await scenario.gateway(upstream: "simulator", environment: environment)
                for words in remarks {
                    #expect(
                        gateway.process.snapshot.errorLines.contains { $0.contains(words) },
                        "\(gateway.process.tail)"
                    )
                }
            }
        }
    }
}
