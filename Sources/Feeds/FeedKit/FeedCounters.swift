import NIOCore
import Synchronization

/// What a feed counts, and how its connections are. Written on the ingestor's loop, read from any thread.
package final class FeedCounters: Sendable {
    package let framesReceived = Atomic(0)
    /// Frames of which nothing could be used: no JSON, or what they need is missing or can't be read.
    package let malformedFrames = Atomic(0)
    /// Frames of which a part could be used.
    package let incompleteFrames = Atomic(0)
    /// Well-formed frames of a topic that is not subscribed.
    package let unknownTopicFrames = Atomic(0)
    package let oversizedFrames = Atomic(0)
    /// Changes that came before any state.
    package let unusableFrames = Atomic(0)
    /// Books whose update numbers had a hole, and were subscribed anew.
    package let bookRestarts = Atomic(0)
    package let reconnects = Atomic(0)
    package let subscribedTopics = Atomic(0)
    /// Milliseconds since 1970; 0 before the first frame.
    package let lastFrameAt = Atomic<Int64>(0)

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
        malformedFrames.current + unknownTopicFrames.current + oversizedFrames.current + unusableFrames.current
    }

    /// The term is over.
    package func end() {
        subscribedTopics.store(0, ordering: .relaxed)
        report.withLock { $0 = FeedReport() }
        unreadable.withLock { $0 = [] }
        connections.withLock { $0 = [:] }
    }
}

extension Atomic<Int> {
    /// Adds without ordering anything else: these are only counters.
    package borrowing func increment(by amount: Int = 1) { wrappingAdd(amount, ordering: .relaxed) }

    package var current: Int { load(ordering: .relaxed) }
}
