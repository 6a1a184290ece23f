/// The name of one sequence of messages: `ticker.BTCUSDT`, `kline.1h.BTCUSDT`, `orders.user123`. Checked text and nothing else:
/// what a name means, a `StreamCatalog` says.
///
/// Two or more parts with dots in between, each of letters, digits, `-` and `_`, and other bytes as `UserPart` writes them: so a
/// name is itself in every store's keys, channels and subjects, and in JSON. At most `maximumLength` bytes. Every spelling of every dialect resolves to one name,
/// so two spellings are one subscription.
package struct StreamName: Sendable, Hashable, CustomStringConvertible {
    /// As many as a node can want must fit into its announcement of demand.
    package static let maximumLength = 128

    package let canonical: String

    package init(canonical text: String) throws(StreamNameError) {
        guard Self.isValid(text) else { throw .format(text) }
        canonical = text
    }

    /// `text` must be valid.
    init(checked text: String) { canonical = text }

    package var description: String { canonical }

    /// The first part: the word of its kind.
    package var kind: String { String(canonical.prefix { $0 != "." }) }

    /// Whether `text` can be one part of a name.
    package static func isPart(_ text: some StringProtocol) -> Bool {
        var checker = PartChecker()
        return text.utf8.allSatisfy { checker.take($0) } && checker.isWhole
    }

    private static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= maximumLength else { return false }
        var parts = 1
        var checker = PartChecker()
        for byte in text.utf8 {
            if byte == UInt8(ascii: ".") {
                guard checker.isWhole else { return false }
                parts += 1
                checker = PartChecker()
            } else {
                guard checker.take(byte) else { return false }
            }
        }
        return checker.isWhole && parts > 1
    }

    /// What stands for itself in a part.
    static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Looks at one part, byte for byte.
    private struct PartChecker {
        private enum Place {
            case empty
            case whole
            /// Behind a `%`.
            case escaped
            /// Behind that one's first digit.
            case halfEscaped(UInt8)
        }

        private var place = Place.empty

        var isWhole: Bool { if case .whole = place { true } else { false } }

        /// False where the part is none.
        mutating func take(_ byte: UInt8) -> Bool {
            switch place {
            case .empty, .whole:
                if byte == UInt8(ascii: "%") { place = .escaped } else { place = .whole }
                return byte == UInt8(ascii: "%") || StreamName.isPlain(byte)
            case .escaped:
                guard let digit = Self.value(byte) else { return false }
                place = .halfEscaped(digit)
                return true
            case .halfEscaped(let high):
                // There is one spelling for each byte.
                guard let low = Self.value(byte), !StreamName.isPlain(high << 4 | low) else { return false }
                place = .whole
                return true
            }
        }

        private static func value(_ byte: UInt8) -> UInt8? {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
            default: nil
            }
        }
    }
}
