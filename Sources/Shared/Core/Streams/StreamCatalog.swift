/// Which streams there are, and what they are: the only place that knows what a name means.
///
/// Handed to nodes and stores by the commands. Asked from any thread, for each argument of a request and for each stream that
/// comes into use; so it answers at once, from memory. Only `absence` may take its time.
package protocol StreamCatalog: Sendable {
    /// The kinds that a client may ask for by type, in no order: for errors.
    var typeNames: [String] { get }

    /// Which names there may be, of the kinds that a client may not ask for by type too: to tell what can fit none of them.
    var patterns: [StreamPattern] { get }

    /// The stream that a client of a dialect spells so. Throws `unknownType` where another catalog may know it.
    func resolve(_ spelling: String, in dialect: DialectID) throws(StreamNameError) -> StreamDescriptor

    /// The stream that a symbol of an exchange stands for, where a client names nothing else.
    func resolve(symbol: String, of exchange: String) throws(StreamNameError) -> StreamDescriptor

    /// What a name means that a node, a store or a token tells; nil where it means nothing here.
    func descriptor(of name: StreamName) -> StreamDescriptor?

    /// That a stream of a kind that is known is not to be had; nil where it is, or may be. Asked before the stream comes into
    /// use on a node; it may have to be asked for elsewhere, within some seconds.
    func absence(of stream: StreamDescriptor) async -> StreamAbsence?
}

extension StreamCatalog {
    /// For catalogs whose patterns say all that there is to know.
    package func absence(of stream: StreamDescriptor) async -> StreamAbsence? { nil }

    /// For catalogs without symbols.
    package func resolve(symbol: String, of exchange: String) throws(StreamNameError) -> StreamDescriptor {
        throw .unknownType(exchange, expected: [])
    }

    /// What a name means that a client was given earlier; throws what a client reads where it means nothing any longer.
    package func resolve(_ name: StreamName) throws(StreamNameError) -> StreamDescriptor {
        guard let descriptor = descriptor(of: name) else {
            throw .unknownType(String(name.canonical.prefix { $0 != "." }), expected: typeNames)
        }
        return descriptor
    }
}
