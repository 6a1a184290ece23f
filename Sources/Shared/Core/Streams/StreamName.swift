/// The name of one sequence of messages: `ticker.BTCUSDT`, `kline.1h.BTCUSDT`, `orders.user123`. Checked text and nothing else:
/// what a name means, a `StreamCatalog` says.
///
/// Two or more parts with dots in between, each of letters, digits, `-` and `_`: so a name is itself in every store's keys,
/// channels and subjects, and in JSON. At most `maximumLength` bytes. Every spelling of every dialect resolves to one name,
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

    /// Whether `text` can be one part of a name.
    package static func isPart(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { isPartByte($0) }
    }

    private static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= maximumLength else { return false }
        var parts = 1
        var length = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: ".") {
                guard length > 0 else { return false }
                parts += 1
                length = 0
            } else {
                guard isPartByte(byte) else { return false }
                length += 1
            }
        }
        return length > 0 && parts > 1
    }

    private static func isPartByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
