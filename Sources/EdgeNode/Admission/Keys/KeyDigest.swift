import Crypto
import FoundationEssentials

/// SHA-256 of an API key, which is all that the document has of it. A value.
///
/// Two are compared in the same time whatever they are: all of both is looked at. A key has 32 random bytes, so that a slow
/// hash, as passwords need it, would protect nothing.
struct KeyDigest: Sendable, Hashable {
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    init(of key: String) {
        self.init(words: Array(SHA256.hash(data: Array(key.utf8))))
    }

    /// 64 hexadecimal digits, as `sha256sum` writes them; nil for anything else.
    init?(hexadecimal text: String) {
        let digits = text.utf8.compactMap { Self.value($0) }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        self.init(words: stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }

    /// In lower case.
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

    private init(words bytes: [UInt8]) {
        func word(_ index: Int) -> UInt64 {
            bytes[index * 8..<index * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        (first, second, third, fourth) = (word(0), word(1), word(2), word(3))
    }

    static func == (one: Self, other: Self) -> Bool {
        (one.first ^ other.first) | (one.second ^ other.second) | (one.third ^ other.third)
            | (one.fourth ^ other.fourth) == 0
    }
}
