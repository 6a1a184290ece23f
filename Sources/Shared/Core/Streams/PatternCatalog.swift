/// The streams of kinds that are configured. The first kind whose pattern fits says what a name is.
///
/// All dialects spell them canonically; `op` and the guide's take colons for the dots, as they do for all streams.
package struct PatternCatalog: StreamCatalog {
    private let kinds: [StreamKind]

    package init(_ kinds: [StreamKind]) {
        self.kinds = kinds
    }

    package var typeNames: [String] { Set(kinds.map(\.pattern.typeName)).sorted() }

    package var patterns: [StreamPattern] { kinds.map(\.pattern) }

    package func resolve(_ spelling: String, in dialect: DialectID) throws(StreamNameError) -> StreamDescriptor {
        let separator: Character = [.op, .guide].contains(dialect) && spelling.contains(":") ? ":" : "."
        let pieces = spelling.split(separator: separator, omittingEmptySubsequences: false)
        let own = kinds.filter { pieces.first == $0.pattern.typeName[...] }
        guard !own.isEmpty else { throw .unknownType(String(pieces.first ?? ""), expected: typeNames) }
        guard let kind = own.first(where: { $0.pattern.matches(pieces) }) else {
            let patterns = StreamNameError.list(own.map(\.pattern.description))
            let type = own[0].pattern.typeName
            throw .invalid("Invalid \(type) stream: \(spelling). Expected one of \(patterns)")
        }
        return descriptor(try StreamName(canonical: pieces.joined(separator: ".")), kind)
    }

    package func descriptor(of name: StreamName) -> StreamDescriptor? {
        let pieces = name.canonical.split(separator: ".", omittingEmptySubsequences: false)
        return kinds.first { $0.pattern.matches(pieces) }.map { descriptor(name, $0) }
    }

    private func descriptor(_ name: StreamName, _ kind: StreamKind) -> StreamDescriptor {
        StreamDescriptor(
            name: name,
            deliveryClass: kind.deliveryClass,
            access: kind.access,
            retainedEntries: kind.retainedEntries,
            presentation: CanonicalPresentation(name, source: kind.pattern.typeName)
        )
    }
}
