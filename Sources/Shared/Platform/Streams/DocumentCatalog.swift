import Core
import Synchronization

/// The streams of the kinds that the document names in its section `streams`; none where it has no such section. A new
/// version of the document holds for what is asked from then on: who is subscribed stays so.
package final class DocumentCatalog: StreamCatalog {
    private let present: Mutex<PatternCatalog>

    package init(_ document: LiveDocument) {
        present = Mutex(Self.catalog(of: document.current))
        document.onChange { [weak self] new in self?.present.withLock { $0 = Self.catalog(of: new) } }
    }

    package var typeNames: [String] { catalog.typeNames }

    package var patterns: [StreamPattern] { catalog.patterns }

    package func resolve(_ spelling: String, in dialect: DialectID) throws(StreamNameError) -> StreamDescriptor {
        try catalog.resolve(spelling, in: dialect)
    }

    package func descriptor(of name: StreamName) -> StreamDescriptor? { catalog.descriptor(of: name) }

    private var catalog: PatternCatalog { present.withLock { $0 } }

    private static func catalog(of document: Document) -> PatternCatalog {
        PatternCatalog(document[StreamsSection.self]?.kinds ?? [])
    }
}
