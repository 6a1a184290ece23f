/// When a token was made and when it holds: `iat`, `nbf`, `exp`, in milliseconds since 1970. A value.
struct TokenTimes: Sendable, Hashable {
    /// Seconds that no time here is beyond, so that sums fit.
    private static let bound = 1e12

    let issuedAt: Int64?
    let notBefore: Int64?
    let expiresAt: Int64?

    init(_ claims: [String: ClaimValue]) throws(TokenFault) {
        issuedAt = try Self.milliseconds(claims["iat"], "iat")
        notBefore = try Self.milliseconds(claims["nbf"], "nbf")
        expiresAt = try Self.milliseconds(claims["exp"], "exp")
    }

    /// Which token this is needs no key: so one that has expired costs no signature, and asks nobody for keys.
    func check(_ rules: TokenRules, at now: Int64) throws(TokenFault) {
        guard expiresAt != nil || !rules.requiresExpiry else { throw .noExpiry }
        if let end = end(rules), now >= end { throw .expired }
        if let notBefore, now < notBefore - rules.leeway { throw .notYet }
        if let issuedAt, now < issuedAt - rules.leeway { throw .fromTheFuture }
        // One that does not say when it was issued was so before now.
        if let expiresAt, expiresAt - (issuedAt ?? now) > rules.maximumLifetime { throw .lifetime }
    }

    /// When the token is over for this node, the leeway included; nil for never. One without `exp` ends when the longest
    /// that may be would: what was revoked is not remembered any longer.
    func end(_ rules: TokenRules) -> Int64? {
        (expiresAt ?? issuedAt.map { $0 + rules.maximumLifetime }).map { $0 + rules.leeway }
    }

    private static func milliseconds(_ claim: ClaimValue?, _ name: String) throws(TokenFault) -> Int64? {
        guard let claim else { return nil }
        guard case .number(let seconds) = claim else { throw .claim(name) }
        return Int64((min(max(seconds, -bound), bound) * 1000).rounded(.down))
    }
}
