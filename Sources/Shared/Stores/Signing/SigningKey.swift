import Core
import Crypto
import FoundationEssentials

/// An Ed25519 key of the document: the whole of it, or its public half. It never prints itself.
package struct SigningKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// How a key's file begins, in the two forms that `openssl` writes: PKCS #8 and SubjectPublicKeyInfo, which for Ed25519 have
    /// one encoding each.
    private static let privatePrefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]
    private static let publicPrefix: [UInt8] = [
        0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]
    private static let length = 32

    package let id: String
    /// 32 bytes.
    package let publicKey: [UInt8]
    private let secret: Curve25519.Signing.PrivateKey?

    /// Nil for a text that is no such key in PEM.
    package init?(id: String, pem: String) {
        self.id = id
        if let bytes = Self.bytes(of: pem, "PRIVATE KEY", behind: Self.privatePrefix),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
        {
            secret = key
            publicKey = Array(key.publicKey.rawRepresentation)
        } else if let bytes = Self.bytes(of: pem, "PUBLIC KEY", behind: Self.publicPrefix),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
        {
            secret = nil
            publicKey = Array(key.rawRepresentation)
        } else {
            return nil
        }
    }

    package var canSign: Bool { secret != nil }

    package var description: String { "the key \(id)" }

    package var debugDescription: String { description }

    /// Nil where it can't sign.
    func sign(_ bytes: [UInt8]) -> PublicationSignature? {
        guard let code = try? secret?.signature(for: bytes) else { return nil }
        return PublicationSignature("\(id).\(Base64URL.encode(Array(code)))")
    }

    private static func bytes(of pem: String, _ label: String, behind prefix: [UInt8]) -> [UInt8]? {
        let lines = pem.split(whereSeparator: \.isNewline)
        guard lines.first == "-----BEGIN \(label)-----", lines.last == "-----END \(label)-----",
            let data = Data(base64Encoded: lines.dropFirst().dropLast().joined()),
            data.count == prefix.count + length, data.starts(with: prefix)
        else { return nil }
        return Array(data.suffix(length))
    }
}
