import BybitCatalog
import Core
import Platform

/// Which kinds of streams a program knows: chosen here and nowhere else.
package enum StreamCatalogs {
    package static func make(_ settings: ResolvedSettings) -> any StreamCatalog { CompositeCatalog([BybitCatalog()]) }
}
