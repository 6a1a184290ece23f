import FeedKit
import Synchronization

/// What the pipeline counts. Written on its loop, read from any thread.
package final class IngestCounters: Sendable {
    package let publications = Atomic(0)
    package let refusedTopics = Atomic(0)

    package init() {}
}
