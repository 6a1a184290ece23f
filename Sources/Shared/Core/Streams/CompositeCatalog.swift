/// Several catalogs as one: the first that knows a name says what it is.
package struct CompositeCatalog: StreamCatalog {
    private let catalogs: [any StreamCatalog]

    package init(_ catalogs: [any StreamCatalog]) {
        self.catalogs = catalogs
    }

    package var typeNames: [String] { Set(catalogs.flatMap(\.typeNames)).sorted() }

    package var patterns: [StreamPattern] { catalogs.flatMap(\.patterns) }

    package func resolve(_ spelling: String, in dialect: DialectID) throws(StreamNameError) -> StreamDescriptor {
        try first { (catalog) throws(StreamNameError) in try catalog.resolve(spelling, in: dialect) }
    }

    package func resolve(symbol: String, of exchange: String) throws(StreamNameError) -> StreamDescriptor {
        try first { (catalog) throws(StreamNameError) in try catalog.resolve(symbol: symbol, of: exchange) }
    }

    package func descriptor(of name: StreamName) -> StreamDescriptor? {
        for catalog in catalogs {
            if let descriptor = catalog.descriptor(of: name) { return descriptor }
        }
        return nil
    }

    /// The one that says what it is knows also whether it is.
    package func absence(of stream: StreamDescriptor) async -> StreamAbsence? {
        await catalogs.first { $0.descriptor(of: stream.name) != nil }?.absence(of: stream)
    }

    /// Of what none resolves, the first that knows the kind says why; where none does, all kinds are named.
    private func first(
        _ resolve: (any StreamCatalog) throws(StreamNameError) -> StreamDescriptor
    ) throws(StreamNameError) -> StreamDescriptor {
        var reason: StreamNameError?
        for catalog in catalogs {
            do throws(StreamNameError) {
                return try resolve(catalog)
            } catch .unknownType(let type, _) {
                reason = reason ?? .unknownType(type, expected: typeNames)
            } catch {
                if case .invalid = reason { continue }
                reason = error
            }
        }
        throw reason ?? .invalid("There are no streams")
    }
}
