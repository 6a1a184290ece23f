import Core

/// How much of each stream a history keeps: as many entries as of its class, unless it has a number of its own. Of a stream
/// that the catalog does not know, as many as of one of which each message counts.
package struct Retention: Sendable {
    /// Entries of a `latest`, a `delta` and an `event` stream.
    package var latest: Int
    package var delta: Int
    package var event: Int
    /// A stream that nobody has appended to for so long is forgotten.
    package var idleExpiry: Duration
    /// For how long it is known after that where such a stream stood.
    package var headExpiry: Duration
    private let catalog: any StreamCatalog

    package init(
        latest: Int = 64,
        delta: Int = 512,
        event: Int = 1000,
        idleExpiry: Duration = .seconds(600),
        headExpiry: Duration = .seconds(604_800),
        catalog: any StreamCatalog = CompositeCatalog([])
    ) {
        self.latest = latest
        self.delta = delta
        self.event = event
        self.idleExpiry = idleExpiry
        self.headExpiry = headExpiry
        self.catalog = catalog
    }

    /// To be asked once for each stream.
    package func entries(of stream: StreamName) -> Int {
        let descriptor = catalog.descriptor(of: stream)
        if let own = descriptor?.retainedEntries { return max(1, own) }
        return switch descriptor?.deliveryClass ?? .event {
        case .latest: latest
        case .delta: delta
        case .event: event
        // None is ever appended.
        case .transient: 1
        }
    }
}
