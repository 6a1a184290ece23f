/// The query of a request, by its names. A value.
///
/// `a=b&c=d`, percent-encoded. A `+` is a plus: nothing that we take by a query is a form, and a token's text may hold one.
package struct HTTPQuery: Sendable {
    private let text: Substring

    package init(_ text: Substring?) { self.text = text ?? "" }

    /// The values under a name, in their order; nil for one that is no percent-encoded text.
    package func values(of name: String) -> [String?] {
        text.split(separator: "&").compactMap { field -> String?? in
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard String(percentEncoded: parts[0]) == name else { return nil }
            return .some(parts.count == 2 ? String(percentEncoded: parts[1]) : "")
        }
    }
}
