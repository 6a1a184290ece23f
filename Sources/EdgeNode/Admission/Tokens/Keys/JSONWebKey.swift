import Core
import Crypto
import JWTKit

/// One key of a JWKS (RFC 7517), read field by field: the library's own reading refuses a whole set for one key of a kind
/// that it does not know. A value.
struct JSONWebKey: Sendable {
    /// Why a key can't be used; completes "keys[2]: ...". Never has a part of a key.
    struct Unusable: Error {
        let reason: String
    }

    let id: String?
    let material: KeyMaterial
    /// The only one that it may be used with; nil for all that fit.
    let algorithm: TokenAlgorithm?

    /// Nil for a key that is not meant for this: for encryption, or of a kind that is not known here.
    ///
    /// - Parameter takesSecrets: Whether the set is kept secret, so that a key of it may be one.
    init?(_ value: ClaimValue, takesSecrets: Bool) throws(Unusable) {
        guard case .object(let fields) = value else { throw Unusable(reason: "it is no object") }
        if let use = fields["use"], use != .text("sig") { return nil }
        if let operations = fields["key_ops"] {
            guard case .list(let list) = operations, list.contains(.text("verify")) else { return nil }
        }
        id = try Self.text("kid", in: fields)
        guard let material = try Self.material(fields, takesSecrets) else { return nil }
        self.material = material
        guard let name = try Self.text("alg", in: fields) else {
            algorithm = nil
            return
        }
        guard let algorithm = TokenAlgorithm(name: name), algorithm.family == material.family else { return nil }
        guard material.algorithms.contains(algorithm) else { throw Unusable(reason: "it is too short for \(name)") }
        self.algorithm = algorithm
    }

    private static func material(
        _ fields: [String: ClaimValue],
        _ takesSecrets: Bool
    ) throws(Unusable) -> KeyMaterial? {
        switch try text("kty", in: fields) {
        case "RSA":
            let (modulus, exponent) = (try number("n", in: fields), try number("e", in: fields))
            return try make { .rsa(try JWTKit.Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent)) }
        case "EC":
            let curve = try text("crv", in: fields)
            guard ["P-256", "P-384", "P-521"].contains(curve) else { return nil }
            let point = (x: try number("x", in: fields), y: try number("y", in: fields))
            return try make {
                switch curve {
                case "P-256": .p256(try ES256PublicKey(parameters: point))
                case "P-384": .p384(try ES384PublicKey(parameters: point))
                default: .p521(try ES512PublicKey(parameters: point))
                }
            }
        case "OKP":
            guard try text("crv", in: fields) == "Ed25519" else { return nil }
            let x = try number("x", in: fields)
            return try make { .ed25519(try EdDSA.PublicKey(x: x, curve: .ed25519)) }
        case "oct":
            guard takesSecrets else {
                throw Unusable(reason: "it is a secret (kty oct), which is not taken from where everybody may read it")
            }
            guard let secret = Base64URL.decode(try number("k", in: fields)), secret.count >= 32 else {
                throw Unusable(reason: "its secret has less than 32 bytes")
            }
            return .hmac(SymmetricKey(data: secret))
        default: return nil
        }
    }

    private static func make(_ body: () throws -> KeyMaterial) throws(Unusable) -> KeyMaterial {
        do { return try body() } catch {
            throw Unusable(reason: "it is no whole key, or too short (RSA has 2048 bits or more)")
        }
    }

    private static func text(_ name: String, in fields: [String: ClaimValue]) throws(Unusable) -> String? {
        switch fields[name] {
        case nil: return nil
        case .text(let text)?: return text
        case _?: throw Unusable(reason: "its \"\(name)\" is no text")
        }
    }

    /// As text in the alphabet that the library reads with more tolerance.
    private static func number(_ name: String, in fields: [String: ClaimValue]) throws(Unusable) -> String {
        guard let text = try text(name, in: fields), Base64URL.decode(text) != nil else {
            throw Unusable(reason: "its \"\(name)\" is missing or not in base64url")
        }
        return text
    }
}
