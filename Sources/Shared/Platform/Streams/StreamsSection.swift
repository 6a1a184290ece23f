import Core

/// The section `streams` of the document: kinds of streams beside those of the exchange.
///
/// ```yaml
/// streams:
///   - name: heat.{1..9}.{word}
///     class: event
///     access: public
///     keep: 500
/// ```
/// `name` is a `StreamPattern`, `class` a `DeliveryClass`; `access` is public, which is all that there is yet. `keep` says
/// how many messages of each a history holds, where that is not what the class has.
package struct StreamsSection: DocumentSection {
    package static let key = "streams"

    package let kinds: [StreamKind]

    package init(_ node: DocumentNode) throws(DocumentError) {
        var names: Set<String> = []
        kinds = try node.entries { entry throws(DocumentError) in
            let fields = try entry.fields(["access", "keep"], requiring: ["name", "class"])
            let name = try fields.required("name")
            let kind = StreamKind(
                try Self.pattern(name),
                try fields.required("class").choice(of: Self.classes),
                access: try fields["access"]?.choice(of: Self.accesses) ?? .everybody,
                retainedEntries: try fields["keep"]?.number(within: 1...100_000)
            )
            guard names.insert(kind.pattern.description).inserted else { throw name.refusal("is there twice") }
            return kind
        }
    }

    private static let classes: [(word: String, choice: DeliveryClass)] = [
        ("latest", .latest), ("delta", .delta), ("event", .event), ("transient", .transient),
    ]
    private static let accesses: [(word: String, choice: Access)] = [("public", .everybody)]

    private static func pattern(_ node: DocumentNode) throws(DocumentError) -> StreamPattern {
        let text = try node.text()
        do throws(StreamPattern.Malformed) {
            return try StreamPattern(text)
        } catch {
            throw node.refusal("makes no sense: \(error)")
        }
    }
}
