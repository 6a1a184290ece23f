/// How a stream shows itself to clients. A value, asked once for each stream of a node, not for each message.
package protocol Presentation: Sendable {
    /// What the stream tells of: of an instrument its symbol.
    var subject: String { get }
    /// Whose data it is, where a dialect tells that: the exchange.
    var source: String { get }

    /// How data frames of a dialect name it. In `op` the brand stands in front.
    func name(in dialect: DialectID) -> String
}

/// By its canonical name in every dialect.
package struct CanonicalPresentation: Presentation {
    package let name: StreamName
    package let source: String

    package init(_ name: StreamName, source: String) {
        self.name = name
        self.source = source
    }

    /// What stands behind the last dot.
    package var subject: String {
        let text = name.canonical
        return text.lastIndex(of: ".").map { String(text[text.index(after: $0)...]) } ?? text
    }

    package func name(in dialect: DialectID) -> String { name.canonical }
}
