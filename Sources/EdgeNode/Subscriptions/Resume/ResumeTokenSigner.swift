import Core
import Crypto
import FoundationEssentials

/// Makes resume tokens and reads them again: HMAC-SHA256 over the token's bytes, both in base64url.
///
/// It keeps nothing of a token, so a client may come back to any node that has the key. Tokens of all versions are read,
/// under any of the keys; one is made in the version that the setting says, under the first key. Immutable: any thread may
/// use it. A token is no longer than `maximumLength`: longer ones are neither made nor looked at.
struct ResumeTokenSigner: Sendable {
    /// How far the clocks of two nodes may be apart, in milliseconds.
    static let clockTolerance: Int64 = 60_000
    /// The request around the longest token: `{"action":"resume","resumeToken":"..."}`, with an id of 256 bytes.
    private static let requestLength = 384
    private static let signatureLength = 32
    /// Signed in front of each token: what somebody else signs under the same secret is no token.
    private static let purpose = Array("tidegate resume token\n".utf8)

    private let keys: ResumeKeys
    private let dialects: Set<DialectID>
    private let wire: WireVersion
    private let lifetimeMilliseconds: Int64
    private let maximumLength: Int

    /// - Parameters:
    ///   - secret: What all nodes share, in the form of `ResumeKeys`; nil for a key of its own.
    ///   - dialects: What the node speaks: a token with another is refused.
    ///   - maximumMessageBytes: What a client may send: a token must fit into its request.
    init(
        secret: String?,
        dialects: [DialectID],
        lifetime: Duration,
        maximumMessageBytes: Int,
        writing wire: WireVersion = .one
    ) {
        self.keys = ResumeKeys(secret)
        self.dialects = Set(dialects)
        self.wire = wire
        let (seconds, attoseconds) = lifetime.components
        self.lifetimeMilliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        self.maximumLength = max(0, maximumMessageBytes - Self.requestLength)
    }

    /// Nil where the subscriptions are too many for a token that the client could send back.
    ///
    /// - Parameter now: Milliseconds since 1970.
    func issue(user: String, subscriptions: [ResumeToken.Subscription], at now: Int64) -> String? {
        let token = ResumeToken(user: user, issuedAt: now, subscriptions: subscriptions)
        let payload = token.encoded(as: wire, keyID: keys.signing.id)
        guard Base64URL.encodedLength(of: payload.count + Self.signatureLength) <= maximumLength else { return nil }
        return sign(payload)
    }

    /// The text of a token with these bytes.
    func sign(_ payload: [UInt8]) -> String {
        Base64URL.encode(
            payload + HMAC<SHA256>.authenticationCode(for: Self.purpose + payload, using: keys.signing.secret)
        )
    }

    /// The token, if it was given to `user` and is still good.
    ///
    /// - Parameter now: Milliseconds since 1970.
    func open(_ text: String, user: String, at now: Int64) throws(ResumeTokenError) -> ResumeToken {
        let length = text.utf8.count
        guard length <= maximumLength else { throw .tooLong(length: length, limit: maximumLength) }
        guard let bytes = Base64URL.decode(text), bytes.count > Self.signatureLength else { throw .malformed }
        let payload = bytes.dropLast(Self.signatureLength)
        let signature = Array(bytes.suffix(Self.signatureLength))
        let signed = Self.purpose + payload
        // Takes the same time wherever the difference is.
        let isOurs = keys.all(first: ResumeToken.keyID(ofEncoded: payload)).contains { key in
            HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: signed, using: key.secret)
        }
        guard isOurs else { throw .forged }
        let token = try ResumeToken(encoded: payload)
        if let unknown = token.subscriptions.first(where: { !dialects.contains($0.dialect) }) {
            throw .unknownDialect(unknown.dialect.number)
        }
        // What nobody was given anybody may show: what is in it is granted anew.
        guard token.user == user || token.user.isEmpty else { throw .foreignUser }
        let (age, overflow) = now.subtractingReportingOverflow(token.issuedAt)
        guard !overflow else { throw .malformed }
        guard age >= -Self.clockTolerance else { throw .fromTheFuture(milliseconds: -age) }
        guard age <= lifetimeMilliseconds else { throw .expired(ageMilliseconds: age) }
        return token
    }
}
