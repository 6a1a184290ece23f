import Core
import Logging
import NIOCore
import Platform
import Stores

/// A node's end of the channel for revocations. Attached to the broker while it runs; messages are read on the broker's thread:
/// they are few, and bounded.
///
/// What is remembered is read at the beginning, when the broker may have lost something, and once a minute.
final class RevocationFollower: BrokerReceiver {
    private static let interval = Duration.seconds(60)

    private let revocations: Revocations
    private let logger: RateLimitedLogger
    private let recalls: AsyncStream<Void>
    private let recall: AsyncStream<Void>.Continuation

    init(_ revocations: Revocations, logger: RateLimitedLogger) {
        self.revocations = revocations
        self.logger = logger
        (recalls, recall) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Runs until cancelled. To be called once.
    func run(over broker: any Broker) async {
        let subscriber = broker.attach(self)
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in await listen(subscriber) }
            group.addTask { [self] in
                while !Task.isCancelled {
                    recall.yield()
                    try? await Task.sleep(for: Self.interval)
                    revocations.tidy()
                }
            }
            for await _ in recalls { await read() }
            group.cancelAll()
        }
        // In a task of its own, since this one is cancelled.
        await Task { await subscriber.close() }.value
    }

    private func listen(_ subscriber: any BrokerSubscriber) async {
        while !Task.isCancelled {
            do {
                try await subscriber.listen(on: .revocations)
                // What came before it was heard is remembered.
                recall.yield()
                return
            } catch {
                warn("listen", "can't hear what is revoked; trying again", error)
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func read() async {
        while !Task.isCancelled {
            do {
                return try await revocations.recall()
            } catch {
                warn("recall", "can't read which revocations are remembered; trying again", error)
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func warn(_ key: String, _ words: Logger.Message, _ error: any Error) {
        guard !Task.isCancelled else { return }
        logger.log(.warning, key: key, words, metadata: ["error": "\(error)"])
    }

    // MARK: Any thread of the broker's

    func receive(_ batch: [Publication]) {}

    func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        if channel == .revocations { revocations.take(message) }
    }

    func mayHaveMissed(_ loss: BrokerLoss) {
        if loss == .everything { recall.yield() }
    }
}
