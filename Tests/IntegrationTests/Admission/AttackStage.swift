import Core
import Crypto
import Foundation
import Logging
import NIOCore
import NIOPosix
import Platform
import TestSupport
import Testing

@testable import EdgeNode

/// A running node that lets nobody in without a token, and what an attacker has: tokens of his own, and what everybody
/// may know. Ann has orders; bob may come in, and has none.
struct AttackStage: Sendable {
    /// What somebody sends.
    struct Attempt: Sendable {
        /// Path and query of the request.
        var target = "/ws"
        var headers: [(String, String)] = []
        /// Said on the connection, one behind the other.
        var requests: [String] = []
    }

    /// What comes of it.
    enum Outcome: Hashable, Sendable {
        /// HTTP in place of the upgrade.
        case refused(UInt, body: String)
        /// With the code of the last answer, `success` where it has none; nil where nothing was asked.
        case letIn(code: String?)
    }

    /// A key of the issuer's, whose other half nobody has.
    private static let publicKey = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA21rFHvBVRV9Se4XSx9na
        hlEaEkumeO7ZQb+PCeZBgdpxwSdbct3YwEfVtTjhGMNmjtf/GP2gHAu1WbLJm5DW
        Qpa9uOblgn+u4kI7CBM/SvYmXsqBnNvxdP3NDGDuec78enKgzIzLhfnius9fMiDh
        WjDLRy6OsyULRMxh0NQFI1sJeMjFhMaxUsZnsyHw0Wayva+vxnHNeo2WCa2ngG2L
        6plJTI3Yi1Tl54Qrb478r5ra6J5djUhvYkt4QvaRwqw78vj1qOfqwhG9pu2GgswS
        cPOfKgjd035vIOBKkt2o3Fql9A+BTZ6DuM0NO8Ew28dU4fY18cQYPcK5nczJlxsj
        OwIDAQAB
        -----END PUBLIC KEY-----

        """

    let node: RunningNode
    /// In seconds since 1970.
    let now = WallClock.milliseconds() / 1000
    private let key: IssuerKey

    /// A node by the settings `JWKS_FILE`, with the key `ec`, `JWT_PUBLIC_KEY_FILE`, with `rsa`, `JWT_ISSUER` and
    /// `JWT_AUDIENCE`.
    static func with(_ body: (AttackStage) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tidegate-attack-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (set, pem) = (folder.appending(path: "jwks.json"), folder.appending(path: "rsa.pem"))
        let key = IssuerKey("ec")
        try IssuerKey.set(key).write(to: set, atomically: true, encoding: .utf8)
        try publicKey.write(to: pem, atomically: true, encoding: .utf8)
        let settings = try ResolvedSettings.defaults(for: .edgeNode)
            .replacing(Settings.Tokens.keySetFile, with: set.path)
            .replacing(Settings.Tokens.publicKeyFile, with: pem.path)
            .replacing(Settings.Tokens.keyID, with: "rsa")
            .replacing(Settings.Tokens.issuer, with: "issuer")
            .replacing(Settings.Tokens.audience, with: "us")
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = MultiThreadedEventLoopGroup.singleton
        let tokens = try #require(try await TokenAuthenticator.make(settings, group: group, logger: quiet))
        let admission = CredentialAdmission(
            mode: .required,
            authenticators: [tokens],
            counters: AdmissionCounters()
        )
        try await RunningNode.with {
            $0.admission = admission
            $0.reauthentication = admission
        } _: { node in
            try await body(AttackStage(node: node, key: key))
        }
    }

    /// Claims of who may come in, and more of them as text.
    func claims(_ user: String = "bob", _ more: String = "") -> String {
        let rest = more.isEmpty ? "" : ",\(more)"
        return #"{"sub":"\#(user)","iat":\#(now - 10),"exp":\#(now + 600),"iss":"issuer","aud":["them","us"]\#(rest)}"#
    }

    /// Rightly signed.
    func token(_ claims: String, header: String = #"{"alg":"ES256","kid":"ec"}"#) throws -> String {
        try key.token(header: header, payload: claims)
    }

    /// A good one.
    func token(of user: String) throws -> String { try token(claims(user)) }

    /// Signed with the text of the public key, as if that were a secret.
    func tokenByPublicKey(header: String) -> String {
        let content = [header, claims()].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
        let secret = SymmetricKey(data: Array(Self.publicKey.utf8))
        let signature = HMAC<SHA256>.authenticationCode(for: Array(content.utf8), using: secret)
        return "\(content).\(Base64URL.encode(Array(signature)))"
    }

    /// What ann was given to come back with.
    func resumeTokenOfAnn() async throws -> String {
        let request = #"{"op":"subscribe","args":["orders.ann"]}"#
        let attempt = Attempt(headers: [("Authorization", "Bearer \(try token(of: "ann"))")], requests: [request])
        let text = try #require(try await answers(to: attempt).get().first)
        let resume = try Self.object(text)["resume"] as? [String: Any]
        return try #require(resume?["token"] as? String)
    }

    func outcome(of attempt: Attempt) async throws -> Outcome {
        switch try await answers(to: attempt) {
        case .failure(.refused(_, let status, let body, _)): return .refused(status, body: body)
        case .failure(let error): throw error
        case .success(let texts): return .letIn(code: try texts.last.map { try Self.code(of: $0) })
        }
    }

    /// To each of its requests.
    private func answers(to attempt: Attempt) async throws -> Result<[String], WebSocketClientError> {
        let url = try WebSocketURL("ws://127.0.0.1:\(node.port)\(attempt.target)")
        let client = WebSocketClient(group: .singletonMultiThreadedEventLoopGroup, connectTimeout: .seconds(60))
        let collector = StreamCollector(requests: attempt.requests)
        do throws(WebSocketClientError) {
            let connection = try await client.connect(to: url, headers: attempt.headers) { _ in collector }
            let texts = await collector.texts.elements(atLeast: attempt.requests.count)
            connection.close(promise: nil)
            return .success(Array(texts.prefix(attempt.requests.count)))
        } catch {
            return .failure(error)
        }
    }

    private static func code(of text: String) throws -> String {
        let answer = try object(text)
        let rejected = answer["rejected"] as? [[String: Any]]
        return (answer["code"] ?? rejected?.first?["code"]) as? String ?? "success"
    }

    private static func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}
