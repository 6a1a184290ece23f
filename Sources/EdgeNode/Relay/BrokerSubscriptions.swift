import Core
import Logging
import Platform
import Stores
import Synchronization

/// What the node hears of its broker. Any thread. A broker that can't be asked is asked again by whoever needs it to be;
/// nothing is kept here of what was asked for.
final class BrokerSubscriptions: Sendable {
    private let broker: any Broker
    private let logger: RateLimitedLogger
    private let subscriber = Mutex<(any BrokerSubscriber)?>(nil)

    init(_ broker: any Broker, logger: RateLimitedLogger) {
        self.broker = broker
        self.logger = logger
    }

    /// To be called once, before anything else.
    func start(_ receiver: any BrokerReceiver) { subscriber.withLock { $0 = broker.attach(receiver) } }

    /// Returns when heartbeats can be heard; the broker makes up for it later where it is away.
    func listen() async {
        do {
            try await current?.listen(on: .heartbeat)
        } catch {
            logger.log(
                .warning,
                key: "listen",
                "the broker was not asked for heartbeats yet",
                metadata: ["error": "\(error)"]
            )
        }
    }

    func stop() async { await current?.close() }

    /// See `BrokerSubscriber`.
    func subscribe(to stream: StreamName) async throws { try await current?.subscribe(to: stream) }

    /// See `BrokerSubscriber`.
    func unsubscribe(from stream: StreamName) async throws { try await current?.unsubscribe(from: stream) }

    private var current: (any BrokerSubscriber)? { subscriber.withLock { $0 } }
}
