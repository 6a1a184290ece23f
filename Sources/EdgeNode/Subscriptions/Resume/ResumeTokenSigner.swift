import Crypto
import FoundationEssentials

/// Makes resume tokens and reads them again: HMAC-SHA256 over the token's bytes, both in base64url.
///
/// It keeps nothing of a token, so a client may come back to any node that has the same key. Immutable: any thread may
/// use it. A token is no longer than `maximumLength`: longer ones are neither made nor looked at.
struct ResumeTokenSigner: Sendable {
    /// How far the clocks of two nodes may be apart, in milliseconds.
    static let clockTolerance: Int64 = 60_000
    /// The request around the longest token: `{"action":"resume","resumeToken":"..."}`, with an id of 256 bytes.
    private static let requestLength = 384
    private static let signatureLength = 32
    /// Signed in front of each token: what somebody else signs under the same secret is no token.
    private static let purpose = Array("tidegate resume token\n".utf8)

    private let key: SymmetricKey
    private let lifetimeMilliseconds: Int64
    private let maximumLength: Int

    /// - Parameters:
    ///   - secret: What all nodes share; nil for a key of its own, under which no other node's tokens are good.
    ///   - maximumMessageBytes: What a client may send: a token must fit into its request.
    init(secret: String?, lifetime: Duration, maximumMessageBytes: Int) {
        self.key = secret.map { SymmetricKey(data: Array($0.utf8)) } ?? SymmetricKey(size: .bits256)
        let (seconds, attoseconds) = lifetime.components
        self.lifetimeMilliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        self.maximumLength = max(0, maximumMessageBytes - Self.requestLength)
    }

    /// Nil where the subscriptions are too many for a token that the client could send back.
    ///
    /// - Parameter now: Milliseconds since 1970.
    func issue(user: String, subscriptions: [ResumeToken.Subscription], at now: Int64) -> String? {
        let payload = ResumeToken(user: user, issuedAt: now, subscriptions: subscriptions).encoded()
        guard Base64URL.encodedLength(of: payload.count + Self.signatureLength) <= maximumLength else { return nil }
        return sign(payload)
    }

    /// The text of a token with these bytes.
    func sign(_ payload: [UInt8]) -> String {
        Base64URL.encode(payload + HMAC<SHA256>.authenticationCode(for: Self.purpose + payload, using: key))
    }

    /// The token, if it was given to `user` and is still good.
    ///
    /// - Parameter now: Milliseconds since 1970.
    func open(_ text: String, user: String, at now: Int64) throws(ResumeTokenError) -> ResumeToken {
        let length = text.utf8.count
        guard length <= maximumLength else { throw .tooLong(length: length, limit: maximumLength) }
        guard let bytes = Base64URL.decode(text), bytes.count > Self.signatureLength else { throw .malformed }
        let payload = bytes.dropLast(Self.signatureLength)
        // Takes the same time wherever the difference is.
        let isOurs = HMAC<SHA256>.isValidAuthenticationCode(
            Array(bytes.suffix(Self.signatureLength)),
            authenticating: Self.purpose + payload,
            using: key
        )
        guard isOurs else { throw .forged }
        let token = try ResumeToken(encoded: payload)
        guard token.user == user else { throw .foreignUser }
        let (age, overflow) = now.subtractingReportingOverflow(token.issuedAt)
        guard !overflow else { throw .malformed }
        guard age >= -Self.clockTolerance else { throw .fromTheFuture(milliseconds: -age) }
        guard age <= lifetimeMilliseconds else { throw .expired(ageMilliseconds: age) }
        return token
    }
}
