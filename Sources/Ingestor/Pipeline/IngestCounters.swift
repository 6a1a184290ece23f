import FeedKit
import Platform

/// What the pipeline counts. Written on its loop, read from any thread.
package final class IngestCounters: Sendable {
    package let publications = Counter<AnyThread>()
    /// The same by the kinds of their streams.
    package let sequenced = CounterTable<String, AnyThread>(other: "other")
    /// From the exchange's time to when a frame came.
    package let ingestLag = LagMeter()
    package let refusedTopics = Counter<AnyThread>()

    package init() {}
}
