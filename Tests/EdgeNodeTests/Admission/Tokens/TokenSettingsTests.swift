import Crypto
import Foundation
import JWTKit
import Logging
import NIOCore
import NIOPosix
import Platform
import Testing

@testable import EdgeNode

/// The authenticator that the settings make, and the one line for each that is wrong.
@Suite(.timeLimit(.minutes(5))) struct TokenSettingsTests {
    private static let secret = String(repeating: "s", count: 32)

    private static func make(
        _ change: (inout ResolvedSettings) throws -> Void
    ) async throws -> TokenAuthenticator? {
        var settings = ResolvedSettings.defaults(for: .edgeNode)
        try change(&settings)
        return try await TokenAuthenticator.make(
            settings,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test")
        )
    }

    /// What is said where it fails.
    private static func complaint(
        _ change: (inout ResolvedSettings) throws -> Void
    ) async -> String {
        do {
            _ = try await make(change)
            return "nothing is wrong"
        } catch {
            return "\(error)"
        }
    }

    /// A file that lives as long as the body.
    private static func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "tidegate-\(UUID().uuidString)")
        try text.write(to: url, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: url) }
        try await body(url.path)
    }

    @Test func withoutAKeyThereIsNone() async throws {
        #expect(try await Self.make { try $0.set(Settings.Tokens.issuer, "x") } == nil)
    }

    @Test func aSecretVerifiesByItsLength() async throws {
        let tokens = try #require(try await Self.make { try $0.set(Settings.Tokens.secret, Self.secret) })
        let maker = try TokenMaker.make()
        let key = try await maker.token(.hs256, secret: .init(data: Array(Self.secret.utf8)))
        #expect(await tokens.refusal(of: key) == nil)
        let longer = try await maker.token(.hs384, header: #"{"alg":"HS384"}"#)
        #expect(await tokens.refusal(of: longer) == TokenFault.unverified.failure)
    }

    @Test func theSettingsOfTheClaimsAreHeeded() async throws {
        let tokens = try #require(
            try await Self.make {
                try $0.set(Settings.Tokens.secret, Self.secret)
                try $0.set(Settings.Tokens.keyID, "k")
                try $0.set(Settings.Tokens.algorithms, "HS256, ES256")
                try $0.set(Settings.Tokens.issuer, "i")
                try $0.set(Settings.Tokens.audience, "a, b")
                $0 = try $0.replacing(Settings.Tokens.leeway, with: .zero)
                $0 = try $0.replacing(Settings.Tokens.userClaim, with: "uid")
            }
        )
        let seconds = TokenMaker.now / 1000
        let maker = try TokenMaker.make()
        let token = try await maker.token(
            .hs256,
            header: #"{"alg":"HS256","kid":"k"}"#,
            payload: #"{"uid":"u","iss":"i","aud":"b","exp":\#(seconds + 1)}"#,
            secret: .init(data: Array(Self.secret.utf8))
        )
        #expect(try await tokens.judge(token).get().user == "u")
        #expect(await tokens.refusal(of: token, at: TokenMaker.now + 1000) == TokenFault.expired.failure)
    }

    @Test func aPublicKeyAndASetAreReadFromFiles() async throws {
        let maker = try TokenMaker.make()
        try await Self.withFile(maker.p256.publicKey.pemRepresentation) { pem in
            try await Self.withFile(#"{"keys":[\#(maker.edKey(#""kid":"ed","#))]}"#) { set in
                let tokens = try #require(
                    try await Self.make {
                        try $0.set(Settings.Tokens.publicKeyFile, pem)
                        try $0.set(Settings.Tokens.keySetFile, set)
                    }
                )
                #expect(await tokens.refusal(of: try maker.token(.es256)) == nil)
                let named = try await maker.token(.eddsa, header: #"{"alg":"EdDSA","kid":"ed"}"#)
                #expect(await tokens.refusal(of: named) == nil)
            }
        }
    }

    @Test func whatIsWrongIsSaidInOneLine() async throws {
        try await Self.withFile("nothing") { file in
            let cases: [(String, (inout ResolvedSettings) throws -> Void)] = [
                (
                    "JWT_SECRET: it is too short for HS512",
                    {
                        try $0.set(Settings.Tokens.secret, Self.secret)
                        try $0.set(Settings.Tokens.algorithms, "HS256,HS512")
                    }
                ),
                (
                    "JWT_ALGORITHMS: no key that is given fits",
                    {
                        try $0.set(Settings.Tokens.secret, Self.secret)
                        try $0.set(Settings.Tokens.algorithms, "RS256")
                    }
                ),
                ("JWT_PUBLIC_KEY_FILE: it is no public key", { try $0.set(Settings.Tokens.publicKeyFile, file) }),
                ("JWT_PUBLIC_KEY_FILE: it can't be opened", { try $0.set(Settings.Tokens.publicKeyFile, "/none") }),
                ("JWKS_FILE: it is not JSON", { try $0.set(Settings.Tokens.keySetFile, file) }),
                ("JWKS_FILE: it can't be opened", { try $0.set(Settings.Tokens.keySetFile, "/none") }),
                (
                    "JWKS_URL: OIDC_ISSUER is set too",
                    {
                        try $0.set(Settings.Tokens.keySetURL, "https://a/keys")
                        try $0.set(Settings.Tokens.provider, "https://a")
                    }
                ),
                ("JWKS_URL: it is not the address", { try $0.set(Settings.Tokens.keySetURL, "https://a:x/") }),
                ("OIDC_ISSUER: it is no issuer", { try $0.set(Settings.Tokens.provider, "https://") }),
                (
                    "JWT_ISSUER: it differs from OIDC_ISSUER",
                    {
                        try $0.set(Settings.Tokens.issuer, "https://b")
                        try $0.set(Settings.Tokens.provider, "https://a")
                    }
                ),
                ("the value (not shown here) is too short", { try $0.set(Settings.Tokens.secret, "short") }),
                ("has a name that is not known", { try $0.set(Settings.Tokens.algorithms, "HS256,none") }),
            ]
            for (words, change) in cases {
                let complaint = await Self.complaint(change)
                #expect(complaint.contains(words) && !complaint.contains("\n"), "\(complaint)")
            }
        }
    }
}

extension ResolvedSettings {
    fileprivate mutating func set(_ setting: Setting<String?>, _ value: String) throws {
        self = try replacing(setting, with: value)
    }
}
