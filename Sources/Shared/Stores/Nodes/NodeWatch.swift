import Core
import NIOCore
import Platform
import Synchronization

/// Hears who announces itself. Attached to the broker while it listens; any thread. Bounded by `NodeTable`.
package final class NodeWatch: BrokerReceiver {
    private let table = Mutex(NodeTable())

    package init() {}

    /// Those that are there now.
    package var nodes: [NodeAnnouncement] { table.withLock { $0.nodes(at: .now) } }

    /// Runs `body` while it hears. Throws `NotHeard` where the broker does not let it listen within `limit`.
    package func listening<Value>(
        over broker: any Broker,
        within limit: Duration,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let subscriber = broker.attach(self)
        let result: Result<Value, any Error>
        if await Deadline.value(within: limit, of: { await Self.listen(subscriber) }) == true {
            do { result = .success(try await body()) } catch { result = .failure(error) }
        } else {
            result = .failure(NotHeard(description: "\(broker.status)"))
        }
        await subscriber.close()
        return try result.get()
    }

    /// The one that `found` is true of, as soon as it has announced that; nil where it has not within `limit`.
    package func wait(within limit: Duration, for found: (NodeAnnouncement) -> Bool) async throws -> NodeAnnouncement? {
        let end = ContinuousClock.now + limit
        while true {
            if let node = nodes.first(where: found) { return node }
            guard ContinuousClock.now < end else { return nil }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The broker could not be listened to in time.
    package struct NotHeard: Error, CustomStringConvertible {
        package let description: String
    }

    /// False where it is cancelled before.
    private static func listen(_ subscriber: any BrokerSubscriber) async -> Bool {
        while !Task.isCancelled {
            do {
                try await subscriber.listen(on: .nodes)
                return true
            } catch {
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
        return false
    }

    // MARK: Any thread of the broker's

    package func receive(_ batch: [Publication]) {}

    package func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        guard channel == .nodes, let announcement = NodeAnnouncement(message) else { return }
        table.withLock { _ = $0.take(announcement, at: .now) }
    }

    package func mayHaveMissed(_ loss: BrokerLoss) {}
}
