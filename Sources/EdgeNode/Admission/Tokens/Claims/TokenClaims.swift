import Core
import Platform

/// What a token says of whom it is for. Of a token whose signature is verified. A value.
struct TokenClaims: Sendable {
    let claims: [String: ClaimValue]
    let times: TokenTimes

    /// From whom and for whom it is.
    func check(_ rules: TokenRules) throws(TokenFault) {
        if let issuer = rules.issuer {
            guard claims["iss"] == .text(issuer) else { throw .issuer }
        }
        guard !rules.audiences.isEmpty else { return }
        switch claims["aud"] {
        case .text(let audience)? where rules.audiences.contains(audience): return
        case .list(let audiences)?:
            let isOurs = audiences.contains { audience in
                if case .text(let name) = audience { rules.audiences.contains(name) } else { false }
            }
            guard isOurs else { throw .audience }
        default: throw .audience
        }
    }

    /// Whom it makes of its bearer.
    func principal(_ rules: TokenRules, digest: CredentialDigest) throws(TokenFault) -> Principal {
        guard let claim = rules.user.value(in: claims), case .text(let user) = claim, UserPart(of: user) != nil,
            !APIKey.isOwnUser(user)
        else {
            throw .user
        }
        let roles = try rules.roles.words(in: claims, for: "roles") ?? []
        let streams = try rules.streams.words(in: claims, for: "streams")
        let pairs = try rules.pairs.words(in: claims, for: "pairs")
        return Principal(
            user: user,
            roles: Set(roles),
            grants: streams.map { StreamGrants($0, user: user) },
            pairs: pairs.map { Set($0.map { TradingPair(of: $0).symbol }) },
            issuedAt: times.issuedAt,
            expiresAt: times.end(rules),
            credential: .token(id: try id, digest: digest.hexadecimal)
        )
    }

    private var id: String? {
        get throws(TokenFault) {
            switch claims["jti"] {
            case nil: return nil
            case .text(let id)?: return id
            case _?: throw .claim("jti")
            }
        }
    }
}
