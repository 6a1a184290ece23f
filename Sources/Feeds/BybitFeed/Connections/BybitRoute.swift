import BybitCatalog
import Core
import FeedKit

/// Where the frames of one topic go. Lives on the ingestor's loop.
final class BybitRoute {
    let id: RouteID
    let topic: BybitTopic
    let transform: any StreamTransform
    /// The one that carries its topic.
    unowned var connection: BybitConnection

    /// What can't be read of it is put right by a snapshot.
    let hasState: Bool

    init(id: RouteID, topic: BybitTopic, connection: BybitConnection) {
        self.id = id
        self.topic = topic
        self.transform = topic.source.makeTransform()
        self.connection = connection
        self.hasState = topic.source.deliveryClass != .event
    }
}
