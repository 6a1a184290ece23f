import Crypto
import JWTKit

/// Reads a public key, or the certificate that holds it, from the text of a PEM file. Pure.
enum PublicKeyPEM {
    /// Bytes of the file.
    static let maximumLength = 64 << 10

    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    static func read(_ text: String) throws(Refusal) -> KeyMaterial {
        guard !text.contains("PRIVATE KEY") else {
            throw Refusal(description: "it has a private key, which only the issuer should have; give the public one")
        }
        let ways: [(String) throws -> KeyMaterial] =
            text.contains("BEGIN CERTIFICATE")
            ? [
                { .rsa(try JWTKit.Insecure.RSA.PublicKey(certificatePEM: $0)) },
                { .p256(try ES256PublicKey(certificate: $0)) },
                { .p384(try ES384PublicKey(certificate: $0)) },
                { .p521(try ES512PublicKey(certificate: $0)) },
            ]
            : [
                { .rsa(try JWTKit.Insecure.RSA.PublicKey(pem: $0)) },
                { .p256(try ES256PublicKey(pem: $0)) },
                { .p384(try ES384PublicKey(pem: $0)) },
                { .p521(try ES512PublicKey(pem: $0)) },
                { .ed25519(try EdDSA.PublicKey(pem: $0)) },
            ]
        for way in ways {
            if let material = try? way(text) { return material }
        }
        throw Refusal(
            description:
                "it is no public key in PEM: of RSA with 2048 bits or more, of P-256, P-384 or P-521, or of Ed25519"
        )
    }
}
