import Composition
import Platform
import Testing

@Suite("What can be run and is hardly meant so is told")
struct RemarksTests {
    private static let secret = String(repeating: "s", count: 32)
    private static let keys = "keys: [{id: charts, sha256: \(String(repeating: "ab", count: 32))}]\n"

    private static func document(_ text: String) throws -> Document {
        try Document(yaml: "version: 1\n" + text, sections: DocumentSections.all, environment: [:])
    }

    private static func credentials(_ environment: [String: String], _ document: String = "") async throws -> [String] {
        let settings = try await ConfigurationLoader.load(for: .edgeNode, environment: environment)
        return Remarks.credentials(settings, try Self.document(document))
    }

    @Test func rulesForTokensWithoutAKeyProtectNothing() async throws {
        let rules = ["JWT_AUDIENCE": "a", "JWT_ISSUER": "i"]
        let words =
            "JWT_ISSUER, JWT_AUDIENCE: set, and no key for tokens is, so nothing is done with it; give JWT_SECRET, "
            + "JWT_PUBLIC_KEY_FILE, JWKS_FILE, JWKS_URL or OIDC_ISSUER"
        #expect(try await Self.credentials(rules) == [words])
        #expect(try await Self.credentials(rules, Self.keys) == [words])
        #expect(try await Self.credentials(rules.merging(["AUTH_URL": "http://a/"]) { $1 }) == [words])
        #expect(try await Self.credentials(rules.merging(["JWKS_URL": "https://a/keys"]) { $1 }) == [])
        // They say for how long a revocation is remembered, too.
        #expect(try await Self.credentials(["JWT_MAX_LIFETIME": "60", "JWT_LEEWAY": "5"]) == [])
    }

    @Test func theServiceIsToldWhereItIsNotAsked() async throws {
        let both = ["AUTH_URL": "http://a/", "JWT_SECRET": Self.secret]
        #expect(
            try await Self.credentials(both) == [
                "AUTH_URL: it is asked about API keys only: tokens are judged by JWT_SECRET alone"
            ]
        )
        #expect(
            try await Self.credentials(both, Self.keys) == [
                "AUTH_URL: it is asked about nothing: tokens are judged by JWT_SECRET alone, and API keys by those in the "
                    + "document"
            ]
        )
        #expect(try await Self.credentials(["AUTH_URL": "http://a/"], Self.keys) == [])
        #expect(
            try await Self.credentials(["AUTH_CACHE_SECONDS": "5"]) == [
                "AUTH_CACHE_SECONDS: set, and AUTH_URL is not: there is no service to ask"
            ]
        )
    }

    @Test func aModeInWhichNobodyIsAskedIsToldWhereThereAreKeys() async throws {
        let words =
            "AUTH_MODE: none: no credential is looked at, and everybody has the public streams, though there is "
        #expect(
            try await Self.credentials(["AUTH_MODE": "none", "JWT_SECRET": Self.secret], Self.keys) == [
                words + "JWT_SECRET, keys in the document"
            ]
        )
        #expect(try await Self.credentials(["AUTH_MODE": "none"]) == [])
        #expect(try await Self.credentials(["AUTH_MODE": "optional", "JWT_SECRET": Self.secret], Self.keys) == [])
    }

    @Test func policiesAreToldWithTheirLine() async throws {
        let document = try Self.document(
            """
            policies:
              - {streams: heat.*, access: authenticated}
              - {streams: trades.*, access: "role:trader"}
            streams: [{name: "heat.{word}", class: event}]
            """
        )
        let settings = ResolvedSettings.defaults(for: .edgeNode)
        let live = StreamCatalogs.make(settings)
        let words = "fits no stream, so it grants and protects nothing; "
        let trades = "line 4: policies[1].streams in the document, trades.*, \(words)write trade.*"
        #expect(Remarks.policies(document, catalog: live).last == trades)
        #expect(Remarks.policies(document, catalog: live).count == 2, "without the document's streams")
        #expect(Remarks.policies(try Self.document(""), catalog: live) == [])
    }

    @Test func variablesThatAreALetterAwayAreTold() throws {
        let settings = ResolvedSettings.defaults(for: .edgeNode)
        let remarks = Remarks.all(
            settings,
            try Self.document(""),
            catalog: StreamCatalogs.make(settings),
            environment: ["JWT_AUDIENCES": "a", "PATH": "/bin"]
        )
        #expect(remarks == ["JWT_AUDIENCES: is not a setting; did you mean JWT_AUDIENCE?"])
    }

    @Test func thePublicHalfOfASigningKeyIsRightForANodeOnly() throws {
        let pem = """
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=
            -----END PUBLIC KEY-----
            """
        let document = try Document(
            yaml: "version: 1\nsigning: {streams: [alerts.x], keys: [{id: k, key: {env: KEY}}]}",
            sections: DocumentSections.all,
            environment: ["KEY": pem]
        )
        #expect(Signing.remark(document)?.hasPrefix("signing.keys[0] in the document is the public half") == true)
        #expect(Signing.remark(try Self.document("")) == nil)
    }
}
