import Crypto

/// SHA-256 of a token or of an API key: by it a credential is known again, and it gives nothing of the credential away. Of a key it is
/// all that the document has. A value.
///
/// Two are compared in the same time whatever they are: all of both is looked at. A key has 32 random bytes, so that a slow
/// hash, as passwords need it, would protect nothing.
struct CredentialDigest: Sendable, Hashable {
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    init(of credential: String) {
        var hash = SHA256()
        var credential = credential
        credential.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        self = hash.finalize().withUnsafeBytes { Self(words: $0) }
    }

    /// 64 hexadecimal digits; nil for anything else.
    init?(hexadecimal text: String) {
        let digits = text.utf8.compactMap { Self.value($0) }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        let bytes = stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        self = bytes.withUnsafeBytes { Self(words: $0) }
    }

    /// In lower case, as `sha256sum` writes it.
    var hexadecimal: String {
        [first, second, third, fourth].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// - Parameter bytes: 32 of them.
    private init(words bytes: UnsafeRawBufferPointer) {
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        (first, second, third, fourth) = (word(0), word(1), word(2), word(3))
    }

    static func == (one: Self, other: Self) -> Bool {
        (one.first ^ other.first) | (one.second ^ other.second) | (one.third ^ other.third)
            | (one.fourth ^ other.fourth) == 0
    }
}
