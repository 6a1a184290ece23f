import Core
import Logging
import NIOCore
import Platform
import Synchronization

/// Carries demand over a control channel of the broker that carries the publications: a node that can't be heard there
/// could not be served either.
///
/// Announcements of one node must be made one after the other, or the parts of long ones destroy each other. Nothing
/// is queued on the sending side; on the listening side what `DemandQueue` bounds.
package final class BrokerDemandBoard: DemandBoard {
    private let broker: any Broker
    private let wire: WireVersion
    private let logger: RateLimitedLogger
    /// The last announcement's number. From the time of day, so that a node which was restarted doesn't repeat those of
    /// its former life.
    private let number = Atomic(WallClock.microseconds())
    private let refusals = Counter<AnyThread>()

    package init(broker: any Broker, writing wire: WireVersion = .one, logger: Logger) {
        self.broker = broker
        self.wire = wire
        self.logger = RateLimitedLogger(logger)
    }

    /// Messages on the channel that could not be read, since the start.
    package var refused: Int { refusals.get() }

    /// Throws where the broker could not be given all of it; some of it may then have arrived.
    package func announce(_ announcement: DemandAnnouncement) async throws {
        let length = announcement.node.utf8.count
        guard (1...DemandMessage.maximumNodeLength).contains(length) else {
            throw DemandMessageError.badNode(length: length)
        }
        let messages = DemandMessage.encode(announcement, as: wire) { number.add(1, ordering: .relaxed).newValue }
        for message in messages { try await broker.send(message, on: .demand) }
    }

    /// Attaches to the broker at once, and until the stream is let go or its reader's task is cancelled.
    package func announcements() -> AsyncStream<DemandAnnouncement> {
        let listener = DemandListener(broker: broker, logger: logger) { [weak self] in
            self?.refusals.add()
        }
        return AsyncStream {
            await listener.next()
        } onCancel: {
            listener.finish()
        }
    }
}
