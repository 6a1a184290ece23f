import Core

/// One stream that a client asks for: as it was written, and what it names.
package struct StreamArgument: Equatable, Sendable {
    /// As sent; of a request that names a symbol, the symbol.
    var spelling: String
    var stream: Result<StreamDescriptor, StreamNameError>
    /// Messages per second at most; only for `latest` streams.
    var maxRate: Double?

    package init(_ spelling: String, dialect: DialectID, maxRate: Double? = nil, in catalog: any StreamCatalog) {
        self.spelling = spelling
        self.maxRate = maxRate
        self.stream = Result { () throws(StreamNameError) in try catalog.resolve(spelling, in: dialect) }
    }

    /// A stream that nobody has spelled: under its canonical name, which every dialect that can resume takes.
    init(_ stream: StreamName, maxRate: Double?, in catalog: any StreamCatalog) {
        self.spelling = stream.canonical
        self.stream = Result { () throws(StreamNameError) in try catalog.resolve(stream) }
        self.maxRate = maxRate
    }

    package init(exchange: String, symbol: String, in catalog: any StreamCatalog) {
        self.spelling = symbol
        self.stream = Result { () throws(StreamNameError) in try catalog.resolve(symbol: symbol, of: exchange) }
    }
}
