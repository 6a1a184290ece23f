/// Live delivery of publications from the ingestor to the edge nodes: at most once, in order per stream.
///
/// The ingestor publishes from one task, a batch after the other. Each edge node attaches one receiver.
package protocol Broker: Sendable {
    /// Hands a batch over, in order. Returns when the broker has it; throws where it could not be handed over, in which
    /// case some of it may have arrived.
    func publish(_ batch: [Publication]) async throws

    /// Makes a subscriber with nothing subscribed yet. `receiver` is held until the subscriber is closed.
    func attach(_ receiver: any BrokerReceiver) -> any BrokerSubscriber
}

/// What an edge node holds of a broker: the streams that it hears.
package protocol BrokerSubscriber: Sendable {
    /// Returns when the broker has confirmed: what is published from then on reaches the receiver. Idempotent.
    func subscribe(to stream: StreamName) async throws

    /// Returns when nothing more of `stream` will be delivered. Idempotent.
    func unsubscribe(from stream: StreamName) async throws

    /// Ends all subscriptions and lets the receiver go.
    func close() async
}

/// Takes what a broker delivers.
package protocol BrokerReceiver: AnyObject, Sendable {
    /// Called on the broker's own thread, never by two threads at once for one stream. Must not block.
    func receive(_ batch: [Publication])
}
