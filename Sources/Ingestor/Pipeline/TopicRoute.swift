import NIOCore

/// Where the frames of one topic go. Lives on the ingestor's loop.
final class TopicRoute {
    let topic: BybitTopic
    let transform: any StreamTransform
    /// When an edge node last got the state for the asking.
    var refreshedAt = NIODeadline.uptimeNanoseconds(0)
    /// Set where messages may have been missed since the stream's last publication: the next one must be a gap notice.
    var mayHaveMissed: Bool
    var losses = LossNotice()
    /// The exchange's time of the last message: milliseconds since 1970.
    var exchangeTime: Int64 = 0

    init(topic: BybitTopic, mayHaveMissed: Bool) {
        self.topic = topic
        self.transform = topic.stream.makeTransform()
        self.mayHaveMissed = mayHaveMissed
    }
}
