import BybitSimulator
import Doctor
import Foundation
import Logging
import Platform
import Testing

@Suite("The doctor looks at what settings name: keys, the auth service, certificates, the document, the exchange")
struct DoctorSurroundingsTests {
    /// A node that has no store: what is looked at is beside them.
    private static let alone = ["BROKER_URL": "redis://127.0.0.1:1", "HISTORY_URL": "none"]

    private static func look(_ environment: [String: String], for program: Program = .edgeNode) async throws -> Report {
        try await examine(
            alone.merging(environment) { $1 },
            for: program,
            patience: .seconds(5),
            hearing: .milliseconds(1)
        )
    }

    @Test func keysThatCanBeFetchedAreFine() async throws {
        try await KeyServer.with(.text(IssuerKey.set(IssuerKey("k1"), IssuerKey("k2")))) { server in
            let report = try await Self.look(["JWKS_URL": "http://127.0.0.1:\(server.port)/keys"])
            #expect(report.has(.fine, "jwks", "has 2 keys"), "\(report.text)")
            #expect(report.has(.warning, "jwks", "without TLS"), "\(report.text)")
            #expect(report.grades("admission") == [.fine], "\(report.text)")
            let unfit = ["JWKS_URL": "http://127.0.0.1:\(server.port)/keys", "JWT_ALGORITHMS": "RS256"]
            let other = try await Self.look(unfit)
            #expect(other.has(.problem, "jwks", "none of the keys fits"), "\(other.text)")
        }
    }

    @Test(arguments: [
        (KeyServer.Answer.status(500), "answered 500"), (.text("{}"), "no JWKS"), (.text("<"), "not JSON"),
    ])
    func keysThatCannotAreNot(answer: KeyServer.Answer, words: String) async throws {
        try await KeyServer.with(answer) { server in
            let report = try await Self.look(["JWKS_URL": "http://127.0.0.1:\(server.port)/keys"])
            #expect(report.has(.problem, "jwks", words), "\(report.text)")
        }
    }

    @Test func aKeyServerThatIsAwayIsNamed() async throws {
        let report = try await Self.look(["JWKS_URL": "http://127.0.0.1:1/keys"])
        #expect(report.has(.problem, "jwks", "Connection refused"), "\(report.text)")
        #expect(report.findings("jwks").first?.place == "JWKS_URL, from the environment")
    }

    @Test(arguments: [
        (AuthServer.Answer.text(401, "{}"), Finding.Grade.fine, "refuses a token"),
        (.text(200, #"{"user":"all"}"#), .problem, "it lets in a token that nobody has, as user all"),
        (.text(500, "{}"), .problem, "HTTP 500"), (.hangUp, .problem, "can't be asked"),
        (.stall, .problem, "no whole answer"),
    ])
    func anAuthServiceIsAsked(answer: AuthServer.Answer, grade: Finding.Grade, words: String) async throws {
        try await AuthServer.with(answer) { server in
            let patience = words == "no whole answer" ? "0.3" : "30"
            let report = try await Self.look(["AUTH_URL": server.url, "AUTH_TIMEOUT": patience])
            #expect(report.has(grade, "auth-service", words), "\(report.text)")
        }
    }

    @Test func aCertificateNearItsEndIsAWarningAndOneWithAnotherKeyAProblem() async throws {
        let files = [try TestCertificateFiles(), try TestCertificateFiles()]
        defer { for file in files { file.remove() } }
        let near = try await Self.look(["TLS_CERTIFICATE_FILE": files[0].certificate, "TLS_KEY_FILE": files[0].key])
        #expect(near.has(.warning, "certificate", "days only"), "\(near.text)")
        let wrong = try await Self.look(["TLS_CERTIFICATE_FILE": files[0].certificate, "TLS_KEY_FILE": files[1].key])
        #expect(wrong.has(.problem, "certificate", "not the key of the certificate"), "\(wrong.text)")
        let missing = try await Self.look(["TLS_CERTIFICATE_FILE": "/nowhere.pem", "STORE_CA_FILE": "/nowhere.pem"])
        #expect(missing.has(.problem, "certificate", "/nowhere.pem"), "\(missing.text)")
        #expect(missing.has(.problem, "authorities", "/nowhere.pem"), "\(missing.text)")
        #expect(wrong.status(isStrict: false) == 2 && missing.status(isStrict: false) == 2, "a node does not start")
    }

    @Test func aWrongDocumentIsToldWithItsLine() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "document-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("version: 1\npolices: []\n".utf8).write(to: URL(filePath: path))
        let wrong = try await Self.look(["TIDEGATE_DOCUMENT": path])
        #expect(wrong.status(isStrict: false) == 2)
        #expect(wrong.findings("document").first?.place == "\(path), line 2", "\(wrong.text)")
        let digest = String(repeating: "ab", count: 32)
        let keys = "version: 1\nkeys:\n  - {id: old, sha256: \(digest), user: u, expires: 2020-01-31}\n"
        try Data(keys.utf8).write(to: URL(filePath: path))
        let right = try await Self.look(["TIDEGATE_DOCUMENT": path])
        #expect(right.has(.fine, "document", "it has keys"), "\(right.text)")
        #expect(right.has(.warning, "document", "the API key old is over"), "\(right.text)")
    }

    @Test func settingsThatDoNotFitAreTold() async throws {
        let report = try await Self.look(["AUTH_MODE": "required"])
        #expect(report.has(.problem, "admission", "nothing to check a token or a key by"), "\(report.text)")
        let nowhere = try await examine([:], hearing: .milliseconds(1))
        #expect(nowhere.has(.problem, "stores", "BROKER_URL is not set"), "\(nowhere.text)")
        #expect(nowhere.grades("broker").isEmpty)
    }

    @Test func theExchangeIsTried() async throws {
        let simulator = BybitSimulator(
            configuration: SimulatorConfiguration(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let port = try await simulator.start()
        let url = "ws://127.0.0.1:\(port)/v5/public/linear"
        let there = try await Self.look(["BYBIT_WS_URL": url], for: .ingestor)
        #expect(there.grades("upstream") == [.fine, .fine], "\(there.text)")
        await simulator.stop()
        let away = try await Self.look(["BYBIT_WS_URL": "ws://127.0.0.1:1/v5/public/linear"], for: .ingestor)
        #expect(away.grades("upstream") == [.problem, .warning], "\(away.text)")
        #expect(away.has(.problem, "upstream", "can't be reached"), "\(away.text)")
    }

    /// A node says in its answers what time it is, and has no keys.
    @Test func theClocksOfThoseThatAreAskedAreCompared() async throws {
        try await RunningNode.with { node in
            let report = try await Self.look(["JWKS_URL": "http://127.0.0.1:\(node.port)/keys"])
            #expect(report.grades("web-clock") == [.fine], "\(report.text)")
            #expect(report.has(.problem, "jwks", "answered 404"), "\(report.text)")
        }
    }

    /// What is not in use is not looked at, and within one process nobody is listened for.
    @Test func aStandaloneGatewayWithoutAnythingIsFine() async throws {
        let report = try await examine(
            ["BYBIT_WS_URL": "ws://127.0.0.1:1/v5/public/linear"],
            for: .standalone,
            patience: .seconds(5)
        )
        for check in [
            "document", "secrets", "certificate", "authorities", "broker", "redis", "nats", "ingestor", "nodes", "jwks",
            "auth-service",
        ] {
            #expect(report.grades(check).isEmpty, "\(check): \(report.text)")
        }
        #expect(report.grades("stores") == [.note, .note] && report.grades("versions") == [.fine], "\(report.text)")
    }
}
