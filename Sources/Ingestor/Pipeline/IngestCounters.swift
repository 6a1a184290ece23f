import FeedKit
import Platform

/// What the pipeline counts. Written on its loop, read from any thread.
package final class IngestCounters: Sendable {
    package let publications = Counter<AnyThread>()
    package let refusedTopics = Counter<AnyThread>()

    package init() {}
}
