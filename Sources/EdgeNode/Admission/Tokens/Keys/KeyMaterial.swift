import Crypto
import JWTKit

/// A key by itself, of one family. A value; a secret in it is never printed.
enum KeyMaterial: Sendable {
    case hmac(SymmetricKey)
    case rsa(JWTKit.Insecure.RSA.PublicKey)
    case p256(ES256PublicKey)
    case p384(ES384PublicKey)
    case p521(ES512PublicKey)
    case ed25519(EdDSA.PublicKey)

    var family: KeyFamily {
        switch self {
        case .hmac: .hmac
        case .rsa: .rsa
        case .p256: .p256
        case .p384: .p384
        case .p521: .p521
        case .ed25519: .ed25519
        }
    }

    /// Those of its family that it is long enough for.
    var algorithms: [TokenAlgorithm] {
        guard case .hmac(let secret) = self else { return family.algorithms }
        return family.algorithms.filter { secret.bitCount >= $0.minimumSecretLength * 8 }
    }

    /// What tells it from others: the key where it is public, the hash of a secret.
    var fingerprint: String {
        switch self {
        case .hmac(let secret): SHA256.hash(data: secret.withUnsafeBytes { Array($0) }).description
        case .rsa(let key): key.pemRepresentation
        case .p256(let key): key.pemRepresentation
        case .p384(let key): key.pemRepresentation
        case .p521(let key): key.pemRepresentation
        case .ed25519(let key): key.pemRepresentation
        }
    }

    /// What verifies with it by `algorithm`, which must be of its family. A collection of one key alone: of several the
    /// library would choose one by itself, and a key that names no algorithm would take the token's word for it.
    func verifier(_ algorithm: TokenAlgorithm) async throws -> any JWTAlgorithm {
        let keys = JWTKeyCollection()
        switch self {
        case .hmac(let secret): await keys.add(hmac: HMACKey(key: secret), digestAlgorithm: algorithm.hash)
        case .rsa(let key) where algorithm.isPSS: await keys.add(pss: key, digestAlgorithm: algorithm.hash)
        case .rsa(let key): await keys.add(rsa: key, digestAlgorithm: algorithm.hash)
        case .p256(let key): await keys.add(ecdsa: key)
        case .p384(let key): await keys.add(ecdsa: key)
        case .p521(let key): await keys.add(ecdsa: key)
        case .ed25519(let key): await keys.add(eddsa: key)
        }
        return try await keys.getKey()
    }
}

extension TokenAlgorithm {
    fileprivate var isPSS: Bool { rawValue.hasPrefix("PS") }

    fileprivate var hash: DigestAlgorithm {
        switch self {
        case .hs384, .rs384, .ps384, .es384: .sha384
        case .hs512, .rs512, .ps512, .es512: .sha512
        default: .sha256
        }
    }
}
