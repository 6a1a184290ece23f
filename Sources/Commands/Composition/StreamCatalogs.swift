import BybitCatalog
import Core
import Platform

/// Which kinds of streams a program knows: chosen here and nowhere else.
package enum StreamCatalogs {
    /// The exchange's, and those that the document names.
    package static func make(_ settings: ResolvedSettings, _ document: LiveDocument? = nil) -> any StreamCatalog {
        var catalogs: [any StreamCatalog] = [BybitCatalog()]
        if let document { catalogs.append(DocumentCatalog(document)) }
        return CompositeCatalog(catalogs)
    }
}
