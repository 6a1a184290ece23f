import EdgeNode

/// Which dialects a node's clients may speak: chosen here and nowhere else. The order is that in which their keys count.
extension DialectRegistry {
    package static func node(brand: String) -> DialectRegistry {
        DialectRegistry([OpDialect(brand: brand), ActionDialect(), GuideDialect()])
    }
}
