import Core
import FeedKit
import Logging
import NIOCore
import Platform

/// The pipeline with one feed, one stream and nothing behind it, to measure by. Must be made and used on its loop.
package final class PipelineMeter {
    private let pipeline: IngestPipeline
    private let counters = IngestCounters()

    package init(eventLoop: any EventLoop, catalog: any StreamCatalog, feed: any Feed, stream: StreamName) {
        pipeline = IngestPipeline(
            eventLoop: eventLoop,
            catalog: catalog,
            feeds: [feed],
            sequencer: Sequencer(epoch: 1),
            logger: RateLimitedLogger(Logger(label: "bench")),
            counters: counters,
            publish: { _ in }
        )
        pipeline.want(stream, after: nil)
    }

    /// Of the one feed: what it is given here comes out of the pipeline.
    package var session: any FeedSession { pipeline.feeds[0] }

    package var published: Int { counters.publications.get() }
}
