import Core
import NIOCore
import Stores

/// A broker that confirms no subscription until it may.
final class LateBroker: Broker {
    private struct Subscriber: BrokerSubscriber {
        let inner: any BrokerSubscriber
        let mayConfirm: AsyncStream<Void>

        func subscribe(to stream: StreamName) async throws {
            for await _ in mayConfirm {}
            try await inner.subscribe(to: stream)
        }

        func unsubscribe(from stream: StreamName) async throws { try await inner.unsubscribe(from: stream) }
        func listen(on channel: ControlChannel) async throws { try await inner.listen(on: channel) }
        func close() async { await inner.close() }
    }

    private let broker = InProcessBroker()
    private let gate = AsyncStream.makeStream(of: Void.self)

    func confirm() { gate.continuation.finish() }

    func publish(_ batch: [Publication]) async throws { try await broker.publish(batch) }
    func send(_ message: ByteBuffer, on channel: ControlChannel) async throws {
        try await broker.send(message, on: channel)
    }

    func attach(_ receiver: any BrokerReceiver) -> any BrokerSubscriber {
        Subscriber(inner: broker.attach(receiver), mayConfirm: gate.stream)
    }

    var status: StoreStatus { broker.status }
    func close() async { await broker.close() }
}
