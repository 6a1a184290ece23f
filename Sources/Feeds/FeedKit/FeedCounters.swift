import NIOCore
import Platform
import Synchronization

/// What a feed counts, and how its connections are. Written on the ingestor's loop, read from any thread.
package final class FeedCounters: Sendable {
    package let framesReceived = Counter<AnyThread>()
    /// Frames of which nothing could be used: no JSON, or what they need is missing or can't be read.
    package let malformedFrames = Counter<AnyThread>()
    /// Frames of which a part could be used.
    package let incompleteFrames = Counter<AnyThread>()
    /// Well-formed frames of a topic that is not subscribed.
    package let unknownTopicFrames = Counter<AnyThread>()
    package let oversizedFrames = Counter<AnyThread>()
    /// Changes that came before any state.
    package let unusableFrames = Counter<AnyThread>()
    /// Books whose update numbers had a hole, and were subscribed anew.
    package let bookRestarts = Counter<AnyThread>()
    /// Requests that the exchange answered with a failure, of whatever kind.
    package let refusedRequests = Counter<AnyThread>()
    package let reconnects = Counter<AnyThread>()
    package let subscribedTopics = Counter<AnyThread>()
    /// When the last frame with data came: milliseconds since 1970; 0 before the first. Replies and pongs come on a connection on
    /// which no data does.
    package let lastDataAt = Atomic<Int64>(0)

    /// What the session had to say at its last tick.
    package let report = Mutex(FeedReport())
    /// Topics that have sent nothing for a while but what can't be used, as of the last tick.
    package let unreadable = Mutex<[String]>([])
    /// By the connection's number, from 1 on.
    package let connections = Mutex<[Int: ConnectionState]>([:])

    package struct ConnectionState: Sendable {
        package var isConnected = false
        /// Nil while it is connected, and before the first attempt.
        package var outage: FeedOutage?

        package init(isConnected: Bool = false, outage: FeedOutage? = nil) {
            self.isConnected = isConnected
            self.outage = outage
        }
    }

    package init() {}

    /// At least one connection stands.
    package var isConnected: Bool { connections.withLock { $0.values.contains { $0.isConnected } } }

    /// Which connections are away, in words.
    package func outages(at now: NIODeadline) -> [String] {
        let connections = connections.withLock { $0 }
        return connections.sorted { $0.key < $1.key }.compactMap { number, state in
            guard !state.isConnected, let outage = state.outage else { return nil }
            let subject = connections.count == 1 ? "" : "connection \(number) of \(connections.count) to "
            return "\(subject)the exchange is away: \(outage.words(at: now))"
        }
    }

    /// Frames of any kind that nothing could be made of.
    package var skipped: Int {
        malformedFrames.get() + unknownTopicFrames.get() + oversizedFrames.get() + unusableFrames.get()
    }

    /// The term is over.
    package func end() {
        subscribedTopics.reset()
        report.withLock { $0 = FeedReport() }
        unreadable.withLock { $0 = [] }
        connections.withLock { $0 = [:] }
    }
}
