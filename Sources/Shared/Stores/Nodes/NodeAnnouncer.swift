import Logging
import Platform

/// Says over the broker, every few seconds, that a process is there, and how it is. Any thread.
///
/// Nothing is kept of what can't be sent: it is tried again soon, with what is so then.
package final class NodeAnnouncer: Sendable {
    package static let interval = Duration.seconds(5)
    private static let pause = Duration.seconds(1)

    private let broker: any Broker
    private let interval: Duration
    private let logger: RateLimitedLogger
    private let describe: @Sendable () -> NodeAnnouncement
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation

    /// - Parameter describe: How it is now. Called for each announcement, on any thread.
    package init(
        broker: any Broker,
        interval: Duration = NodeAnnouncer.interval,
        logger: RateLimitedLogger,
        describe: @escaping @Sendable () -> NodeAnnouncement
    ) {
        self.broker = broker
        self.interval = interval
        self.logger = logger
        self.describe = describe
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Something has changed that somebody may wait for: it is announced at once.
    package func announceNow() { wakeUp.yield() }

    /// Runs until cancelled. To be called once.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                while !Task.isCancelled {
                    wakeUp.yield()
                    try? await Task.sleep(for: interval)
                }
            }
            for await _ in wakeUps { await announce() }
            group.cancelAll()
        }
    }

    private func announce() async {
        do {
            try await broker.send(describe().encoded, on: .nodes)
        } catch {
            guard !Task.isCancelled else { return }
            // Of a broker that is away the broker itself tells.
            logger.log(.debug, key: "announce", "could not announce itself", metadata: ["error": "\(error)"])
            try? await Task.sleep(for: min(Self.pause, interval))
            wakeUp.yield()
        }
    }
}
