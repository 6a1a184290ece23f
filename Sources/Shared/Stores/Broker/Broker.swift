import Core
import NIOCore

/// Live delivery of publications from the ingestor to the edge nodes: at most once, in order per stream.
///
/// The ingestor publishes from one task, a batch after the other. Each edge node attaches one receiver. What passes
/// beside the publications (demand, heartbeats) goes over control channels of the same broker, so that hearing one
/// proves the other.
package protocol Broker: StoreConnection {
    /// Hands a batch over, in order. Returns when the broker has it; throws where it could not be handed over, in which
    /// case some of it may have arrived.
    func publish(_ batch: [Publication]) async throws

    /// Hands over a message to all who listen on `channel`. Throws as `publish` does.
    func send(_ message: ByteBuffer, on channel: ControlChannel) async throws

    /// Makes a subscriber with nothing subscribed yet. `receiver` is held until the subscriber is closed.
    func attach(_ receiver: any BrokerReceiver) -> any BrokerSubscriber

    /// Ends its connections. What is published from then on throws.
    func close() async
}

/// What passes through a broker beside the publications of streams. The raw value is the last part of its name there.
package enum ControlChannel: String, Sendable, CaseIterable {
    /// From the edge nodes to the ingestors: which streams are wanted.
    case demand
    /// From the leading ingestor to the edge nodes, every second.
    case heartbeat
    /// From the leading ingestor to the edge nodes: which instruments the exchange has.
    case instruments
    /// From the edge nodes to the ingestors: they miss that list, or ask for a fresh one.
    case instrumentsWanted = "instruments-wanted"
    /// From whoever publishes by hand to the leading ingestor, signed.
    case inbox
    /// From the leading ingestor to them, signed.
    case inboxAnswers = "inbox-answers"
    /// From whoever takes a right away to the edge nodes, signed.
    case revocations
    /// From each ingestor and node, every few seconds, to whoever wants to know which there are.
    case nodes
    /// From whoever runs a gateway to its nodes, signed.
    case orders
    /// From whoever wants to know whether this broker delivers, to itself.
    case probe
}

/// What an edge node holds of a broker: the streams that it hears.
package protocol BrokerSubscriber: Sendable {
    /// Returns when the broker has confirmed: what is published from then on reaches the receiver. Idempotent. Throws
    /// where the broker can't be asked within a bounded time; the stream then counts as not subscribed.
    func subscribe(to stream: StreamName) async throws

    /// Returns when nothing more of `stream` will be delivered. Idempotent.
    func unsubscribe(from stream: StreamName) async throws

    /// Returns when the broker has confirmed; where it is away, the subscription is made when it is back. Idempotent.
    func listen(on channel: ControlChannel) async throws

    /// Ends all subscriptions and lets the receiver go.
    func close() async
}

/// Takes what a broker delivers.
package protocol BrokerReceiver: AnyObject, Sendable {
    /// Called on the broker's own thread, never by two threads at once for one stream. Must not block.
    func receive(_ batch: [Publication])

    /// A message on a control channel that the subscriber listens on. Called as `receive` is.
    func receive(_ message: ByteBuffer, on channel: ControlChannel)

    /// What was published lately may not have reached this receiver. Called when deliveries work again (subscriptions
    /// are restored after a reconnect, a queue has room again), so that what is missing can be read from the history.
    func mayHaveMissed(_ loss: BrokerLoss)
}

extension BrokerReceiver {
    /// For receivers that listen on no control channel.
    package func receive(_ message: ByteBuffer, on channel: ControlChannel) {}
}

/// Which streams a receiver may have missed publications of.
package enum BrokerLoss: Sendable, Hashable {
    case everything
    case stream(StreamName)
    /// One publication, which was too large for the broker, and what was before it.
    case publication(StreamName, Position)
}
