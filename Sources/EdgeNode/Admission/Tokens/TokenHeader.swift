/// What a token says of its signature. Unverified: an id is only ever compared with those of the keys that there are, and
/// where else a key might be found (`jku`, `jwk`, `x5u`, `x5c`) is not even read. A value.
struct TokenHeader: Sendable, Equatable {
    let algorithm: TokenAlgorithm
    /// The field `kid`; nil where there is none.
    let keyID: String?

    init(algorithm: TokenAlgorithm, keyID: String?) {
        self.algorithm = algorithm
        self.keyID = keyID
    }

    init(_ fields: [String: ClaimValue]) throws(TokenFault) {
        guard fields["crit"] == nil else { throw .critical }
        guard let named = fields["alg"], case .text(let name) = named else { throw .malformed }
        guard let algorithm = TokenAlgorithm(name: name) else { throw .algorithm }
        self.algorithm = algorithm
        switch fields["kid"] {
        case nil: keyID = nil
        case .text(let id)?: keyID = id
        case _?: throw .malformed
        }
    }
}
