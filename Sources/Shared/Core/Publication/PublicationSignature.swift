/// Who vouches for a publication, as it stands in frames and records: `<kid>.<base64url>`, an Ed25519 signature and the id of its
/// key. Immutable; an object, so that a publication without one has a word for it and nothing else.
package final class PublicationSignature: Sendable, Hashable, CustomStringConvertible {
    /// Of a key's id.
    package static let maximumIDLength = 64
    /// 64 bytes in base64url.
    private static let codeLength = 86

    /// Needs no escaping in JSON.
    package let text: String

    package var description: String { text }

    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isID(parts[0]), parts[1].utf8.count == Self.codeLength,
            parts[1].utf8.allSatisfy(StreamName.isPlain)
        else { return nil }
        self.text = text
    }

    /// Whether a key may be called so: letters, digits, `-` and `_`.
    package static func isID(_ text: some StringProtocol) -> Bool {
        (1...maximumIDLength).contains(text.utf8.count) && text.utf8.allSatisfy(StreamName.isPlain)
    }

    package static func == (left: PublicationSignature, right: PublicationSignature) -> Bool { left.text == right.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
