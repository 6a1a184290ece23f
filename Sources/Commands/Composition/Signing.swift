import BybitCatalog
import Core
import Logging
import Platform
import Stores

/// What the document's section `signing` makes of a program: who signs, and which keys are told. Checked at the start.
package enum Signing {
    /// Nil where the document has no such section.
    ///
    /// - Throws: One line for a person, where what the section says can't be done.
    package static func signer(
        _ settings: ResolvedSettings,
        _ document: LiveDocument,
        catalog: any StreamCatalog,
        logger: Logger
    ) throws(SigningError) -> PublicationSigner? {
        if let section = document.current[SigningSection.self] {
            try check(
                section,
                document.current[StreamsSection.self]?.kinds ?? [],
                settings[Settings.Stores.wireVersion]
            )
        } else {
            // A section that comes later is signed by only where records have room for it.
            guard settings[Settings.Stores.wireVersion] == .two else { return nil }
        }
        return PublicationSigner(document, catalog: catalog, logger: logger)
    }

    /// As the document has them when it is asked.
    package static func keys(_ document: LiveDocument) -> @Sendable () -> [SigningKey] {
        { document.current[SigningSection.self]?.keys ?? [] }
    }

    /// Whether an ingestor can sign as the section says.
    package static func check(
        _ section: SigningSection,
        _ kinds: [StreamKind],
        _ wire: WireVersion
    ) throws(SigningError) {
        try checkStreams(section, kinds, wire)
        guard section.keys.first?.canSign == true else { throw SigningError(publicHalf) }
    }

    /// Nil where the section, if there is one, is right for an ingestor as it is for a node.
    package static func remark(_ document: Document) -> String? {
        guard let section = document[SigningSection.self], section.keys.first?.canSign != true else { return nil }
        return "\(publicHalf); a node does not"
    }

    private static let publicHalf =
        "signing.keys[0] in the document is the public half of a key: the first key signs, so the ingestor needs all of it"

    /// What an ingestor and a node must have alike.
    package static func checkStreams(
        _ section: SigningSection,
        _ kinds: [StreamKind],
        _ wire: WireVersion
    ) throws(SigningError) {
        guard wire == .two else {
            throw SigningError(
                "the document has a section signing, for which WIRE_VERSION must be 2: a signature stands in what only "
                    + "that version of records has"
            )
        }
        let unsignable = try kinds.filter { ![.latest, .event].contains($0.deliveryClass) }.map(\.pattern) + books()
        for (index, streams) in section.streams.enumerated() {
            guard let other = unsignable.first(where: { $0.overlaps(streams.pattern) }) else { continue }
            let line = streams.line.map { "line \($0): " } ?? ""
            throw SigningError(
                "\(line)signing.streams[\(index)] in the document, \(streams.pattern), has streams of \(other), which "
                    + "can't be signed: only those of class latest and event can"
            )
        }
    }

    /// Those of the exchange that come as changes.
    private static func books() throws(SigningError) -> [StreamPattern] {
        do {
            return try BybitStream.depths.filter { depth in
                try BybitStream(.depth(depth), symbol: "BTCUSDT").deliveryClass == .delta
            }.map { try StreamPattern("depth.\($0).{word}") }
        } catch {
            throw SigningError("\(error)")
        }
    }
}

/// What the document says of signing can't be done. Its description is one line for a person.
package struct SigningError: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
