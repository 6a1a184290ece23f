import Core
import FeedKit
import NIOCore
import Platform

/// What the pipeline knows of a stream that a feed was asked for. Lives on the ingestor's loop.
final class PipelineRoute {
    let id: RouteID
    let descriptor: StreamDescriptor
    let feed: any FeedSession
    /// Counts what is numbered of it, with the others of its kind.
    let sequenced: CounterCell<AnyThread>
    /// Of events: what is missing is told as a gap. State needs none: it goes on from a new snapshot.
    let countsEach: Bool
    /// When an edge node last got the state for the asking.
    var refreshedAt = NIODeadline.uptimeNanoseconds(0)
    /// Set where messages may have been missed since the stream's last publication: the next one must be a gap notice.
    var mayHaveMissed: Bool
    var losses = LossNotice()
    /// The exchange's time of the last message: milliseconds since 1970.
    var exchangeTime: Int64 = 0

    init(
        id: RouteID,
        descriptor: StreamDescriptor,
        feed: any FeedSession,
        sequenced: CounterCell<AnyThread>,
        mayHaveMissed: Bool
    ) {
        self.sequenced = sequenced
        self.id = id
        self.descriptor = descriptor
        self.feed = feed
        self.countsEach = descriptor.deliveryClass == .event
        self.mayHaveMissed = mayHaveMissed
    }

    var stream: StreamName { descriptor.name }
}
