import NIOCore
import Stores
import Synchronization

/// What the ingestor counts. Written on its loop, read from any thread.
package final class IngestCounters: Sendable {
    package let framesReceived = Atomic(0)
    package let publications = Atomic(0)
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
    package let refusedTopics = Atomic(0)
    package let reconnects = Atomic(0)
    package let subscribedTopics = Atomic(0)
    package let isConnected = Atomic(false)
    /// Milliseconds since 1970; 0 before the first frame.
    package let lastFrameAt = Atomic<Int64>(0)

    private let unreadableTopics = Mutex(UnreadableTopics())
    /// What the session had to say at its last tick.
    let report = Mutex(UpstreamReport())

    /// Nil while the exchange is connected, and before the first attempt.
    let outage = Mutex<UpstreamOutage?>(nil)

    package init() {}

    /// Topics that have sent nothing for a while but what can't be used.
    package var unreadable: UnreadableTopics { unreadableTopics.withLock { $0 } }

    /// To be called every second or so.
    func noteUnreadable(_ topics: [String]) {
        unreadableTopics.withLock { $0 = UnreadableTopics(count: topics.count, examples: topics) }
    }

    /// Frames of any kind that nothing could be made of.
    package var skipped: Int {
        malformedFrames.current + unknownTopicFrames.current + oversizedFrames.current + unusableFrames.current
    }
}

extension Atomic<Int> {
    /// Adds without ordering anything else: these are only counters.
    package borrowing func increment(by amount: Int = 1) { wrappingAdd(amount, ordering: .relaxed) }

    package var current: Int { load(ordering: .relaxed) }
}
