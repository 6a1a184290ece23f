import BybitCatalog
import Core
import Platform

/// Which kinds of streams a program knows: chosen here and nowhere else.
package enum StreamCatalogs {
    /// The exchange's, and those that the document names.
    ///
    /// - Parameter instruments: By which streams of symbols that the exchange does not have are refused; nil: any may exist.
    package static func make(
        _ settings: ResolvedSettings,
        _ document: LiveDocument? = nil,
        instruments: Instruments? = nil
    ) -> any StreamCatalog {
        var catalogs: [any StreamCatalog] = [BybitCatalog(instruments: instruments)]
        if let document { catalogs.append(DocumentCatalog(document)) }
        return CompositeCatalog(catalogs)
    }
}
