/// What is known of a stream beside its name. Made by a `StreamCatalog`, once for each subscription and each stream that is
/// served, and kept there: nobody asks for it per message.
///
/// Immutable, so any thread may hold it.
package final class StreamDescriptor: Sendable {
    package let name: StreamName
    package let deliveryClass: DeliveryClass
    package let access: Access
    /// How many entries a history keeps of it; nil: as many as of its class.
    package let retainedEntries: Int?
    /// Nil where all states of a `latest` stream are of one object.
    package let conflationKey: ConflationKey?
    package let presentation: any Presentation
    /// The pair of a market's stream, in capitals without separators: `BTCUSDT`; nil for one of no market.
    package let pair: String?

    /// The word of its kind, by which it is counted: `ticker`, `kline`, the first word of a configured pattern.
    package var kind: String { name.kind }

    package init(
        name: StreamName,
        deliveryClass: DeliveryClass,
        access: Access = .everybody,
        retainedEntries: Int? = nil,
        conflationKey: ConflationKey? = nil,
        presentation: any Presentation,
        pair: String? = nil
    ) {
        self.name = name
        self.deliveryClass = deliveryClass
        self.access = access
        self.retainedEntries = retainedEntries
        self.conflationKey = conflationKey
        self.presentation = presentation
        self.pair = pair
    }
}

extension StreamDescriptor: Hashable, CustomStringConvertible {
    /// Catalogs don't say different things of one name at one time.
    package static func == (left: StreamDescriptor, right: StreamDescriptor) -> Bool { left.name == right.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
    package var description: String { name.canonical }
}
