import Core
import Crypto

/// A key that has just been made, to sign tokens with. A value; its secret is printed by `keySetFields` only.
enum BenchSigningKey {
    case hs256(SymmetricKey)
    case es256(P256.Signing.PrivateKey)
    case edDSA(Curve25519.Signing.PrivateKey)

    /// Nil for what is no token.
    init?(_ credential: BenchCredential) {
        switch credential {
        case .hs256: self = .hs256(SymmetricKey(size: .bits256))
        case .es256: self = .es256(P256.Signing.PrivateKey())
        case .edDSA: self = .edDSA(Curve25519.Signing.PrivateKey())
        case .anonymous, .apiKey: return nil
        }
    }

    /// As a token's header has it.
    var algorithm: String {
        switch self {
        case .hs256: "HS256"
        case .es256: "ES256"
        case .edDSA: "EdDSA"
        }
    }

    /// What a JWKS has of the half that verifies (RFC 7518, section 6), without its name.
    var keySetFields: String {
        switch self {
        case .hs256(let key):
            return #""kty":"oct","k":"\#(Base64URL.encode(key.withUnsafeBytes { Array($0) }))""#
        case .es256(let key):
            // Both coordinates of the point, 32 bytes each.
            let point = Array(key.publicKey.rawRepresentation)
            let (x, y) = (Base64URL.encode(Array(point.prefix(32))), Base64URL.encode(Array(point.suffix(32))))
            return #""kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)""#
        case .edDSA(let key):
            return #""kty":"OKP","crv":"Ed25519","x":"\#(Base64URL.encode(Array(key.publicKey.rawRepresentation)))""#
        }
    }

    func signature(of bytes: [UInt8]) throws -> [UInt8] {
        switch self {
        case .hs256(let key): Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
        case .es256(let key): Array(try key.signature(for: bytes).rawRepresentation)
        case .edDSA(let key): Array(try key.signature(for: bytes))
        }
    }
}
