import Logging
import NIOCore
import Platform
import Synchronization

/// The ingestor's end of the demand channel: attached to the broker for as long as it lives, or until `finish`.
///
/// What can't be read is counted, logged at a limited rate and ignored: anybody can publish there. One task calls
/// `next`; that is where messages are read, not on the broker's thread.
final class DemandListener: Sendable {
    private let queue = DemandQueue()
    private let assembly = Mutex(DemandAssembly())
    private let subscriber: any BrokerSubscriber
    private let listening: Task<Void, Never>
    private let logger: RateLimitedLogger
    private let refused: @Sendable () -> Void

    /// - Parameter refused: Called for each message that could not be read.
    init(
        broker: any Broker,
        logger: RateLimitedLogger,
        retryAfter: Duration = .seconds(1),
        refused: @escaping @Sendable () -> Void
    ) {
        let subscriber = broker.attach(queue)
        self.subscriber = subscriber
        self.logger = logger
        self.refused = refused
        listening = Task {
            while !Task.isCancelled {
                do {
                    return try await subscriber.listen(on: .demand)
                } catch {
                    logger.log(
                        .warning,
                        key: "listen",
                        "can't listen to what edge nodes want; trying again",
                        metadata: ["error": "\(error)"]
                    )
                    try? await Task.sleep(for: retryAfter)
                }
            }
        }
    }

    deinit { finish() }

    /// The next announcement; nil after `finish`.
    func next() async -> DemandAnnouncement? {
        while let message = await queue.next() {
            guard let announcement = read(message) else { continue }
            return announcement
        }
        return nil
    }

    func finish() {
        guard queue.finish() else { return }
        listening.cancel()
        let subscriber = subscriber
        Task { await subscriber.close() }
    }

    private func read(_ message: ByteBuffer) -> DemandAnnouncement? {
        do throws(DemandMessageError) {
            let message = try DemandMessage(message)
            if message.unreadableNames > 0 {
                logger.log(
                    .warning,
                    key: "names",
                    "an edge node wants streams that this release does not know",
                    metadata: ["wanted_by": "\(message.node)", "count": "\(message.unreadableNames)"]
                )
            }
            return assembly.withLock { $0.take(message, at: .now()) }
        } catch {
            refused()
            logger.log(
                .warning,
                key: "unreadable",
                "ignored a message on the demand channel that can't be read",
                metadata: ["error": "\(error)"]
            )
            return nil
        }
    }
}
