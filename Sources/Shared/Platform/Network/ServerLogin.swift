/// What stands before the `@` of a URL, of whatever scheme: `name[:password]`, percent-encoded. Pure. Never in a description.
package struct ServerLogin: Sendable, Hashable {
    /// Empty where none is given.
    package let name: String
    /// Nil where there is no colon.
    package let password: String?

    /// Nil where a `%` is not followed by two hexadecimal digits, or what comes out is not UTF-8.
    package init?(_ text: Substring) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let decoded = parts.compactMap { String(percentEncoded: $0) }
        guard decoded.count == parts.count, let name = decoded.first else { return nil }
        self.name = name
        password = decoded.count == 2 ? decoded[1] : nil
    }
}
