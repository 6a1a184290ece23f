import Crypto
import Foundation

/// An Ed25519 key of NATS ("nkey"), made for one test. Written as base32 of a role, the key and a checksum: see
/// https://github.com/nats-io/nkeys.
struct NATSKey {
    enum Role: UInt8 {
        case account = 0x00
        case `operator` = 0x70
        case user = 0xa0
    }

    private static let seedMark: UInt8 = 0x90
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    let role: Role
    private let key = Curve25519.Signing.PrivateKey()

    var publicKey: String { Self.text([role.rawValue] + key.publicKey.rawRepresentation) }

    /// The secret half.
    var seed: String {
        Self.text([Self.seedMark | role.rawValue >> 5, (role.rawValue & 31) << 3] + key.rawRepresentation)
    }

    /// What this key says of the one that `subject` is: a JWT, as https://github.com/nats-io/jwt has it (version 2).
    func token(of subject: NATSKey, _ type: String, _ claims: [String: Any] = [:]) throws -> String {
        let now = Int(Date.now.timeIntervalSince1970)
        let nats = claims.merging(["type": type, "version": 2]) { $1 }
        let body: [String: Any] = [
            "jti": UUID().uuidString, "iat": now, "iss": publicKey, "sub": subject.publicKey, "name": type,
            "nats": nats,
        ]
        let header = #"{"typ":"JWT","alg":"ed25519-nkey"}"#
        let signed =
            Self.base64(Data(header.utf8)) + "." + Self.base64(try JSONSerialization.data(withJSONObject: body))
        return signed + "." + Self.base64(try key.signature(for: Data(signed.utf8)))
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let sum = checksum(bytes)
        return base32(bytes + [UInt8(truncatingIfNeeded: sum), UInt8(sum >> 8)])
    }

    private static func base32(_ bytes: [UInt8]) -> String {
        var (bits, count, text) = (0, 0, "")
        for byte in bytes {
            (bits, count) = (bits << 8 | Int(byte), count + 8)
            while count >= 5 {
                count -= 5
                text.append(digits[bits >> count & 31])
            }
            bits &= 255
        }
        if count > 0 { text.append(digits[bits << (5 - count) & 31]) }
        return text
    }

    /// CRC-16 with polynomial 0x1021 ("XMODEM").
    private static func checksum(_ bytes: [UInt8]) -> UInt16 {
        bytes.reduce(0) { sum, byte in
            (0..<8).reduce(sum ^ UInt16(byte) << 8) { sum, _ in sum & 0x8000 == 0 ? sum << 1 : sum << 1 ^ 0x1021 }
        }
    }

    private static func base64(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
