import Core

/// How much of a stream a history keeps.
package struct Retention: Sendable, Hashable {
    /// Entries of a `latest`, a `delta` and an `event` stream.
    package var latest: Int
    package var delta: Int
    package var event: Int
    /// A stream that nobody has appended to for so long is forgotten.
    package var idleExpiry: Duration
    /// For how long it is known after that where such a stream stood.
    package var headExpiry: Duration

    package init(
        latest: Int = 64,
        delta: Int = 512,
        event: Int = 1000,
        idleExpiry: Duration = .seconds(600),
        headExpiry: Duration = .seconds(604_800)
    ) {
        self.latest = latest
        self.delta = delta
        self.event = event
        self.idleExpiry = idleExpiry
        self.headExpiry = headExpiry
    }

    package func entries(for deliveryClass: DeliveryClass) -> Int {
        switch deliveryClass {
        case .latest: latest
        case .delta: delta
        case .event: event
        }
    }
}
