/// Why a token is refused. Its reason is for the client: it says what is wrong with the token, and nothing of keys or of
/// what would have been taken instead.
enum TokenFault: Error, Hashable, Sendable {
    case tooLong
    case malformed
    case duplicate
    case critical
    case algorithm
    /// A wrong signature, a key that is not known, and a key that does not fit are one and the same to the client.
    case unverified
    case expired
    case notYet
    case fromTheFuture
    case noExpiry
    case lifetime
    case issuer
    case audience
    case user
    /// A claim of another kind than it should be; by what it is for, which the settings name.
    case claim(String)

    var reason: String {
        switch self {
        case .tooLong: "the token is longer than 16 KB"
        case .malformed: "the token is not a signed JWT in its compact form"
        case .duplicate: "the token has the same field twice"
        case .critical: "the token needs an extension that is not known here"
        case .algorithm: "the token's algorithm is not taken here"
        case .unverified: "the token's signature can't be verified"
        case .expired: "the token has expired"
        case .notYet: "the token is not valid yet"
        case .fromTheFuture: "the token was issued in the future"
        case .noExpiry: "the token has no expiry"
        case .lifetime: "the token is valid for longer than is allowed here"
        case .issuer: "the token's issuer is not trusted here"
        case .audience: "the token's audience is not this service"
        case .user: "the token names no user, or one whose name is too long"
        case .claim(let purpose): "the token's claim for \(purpose) is of the wrong kind"
        }
    }

    var failure: AuthenticationFailure { .refused(reason: reason) }
}
