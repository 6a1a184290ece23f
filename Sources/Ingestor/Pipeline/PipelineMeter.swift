import Core
import Logging
import NIOCore
import Platform

/// The pipeline with one stream and nothing behind it, to measure by. Must be made and used on its loop.
package final class PipelineMeter {
    private let pipeline: IngestPipeline
    private let counters = IngestCounters()

    package init(eventLoop: any EventLoop, stream: StreamName) {
        pipeline = IngestPipeline(
            eventLoop: eventLoop,
            settings: UpstreamSettings(),
            sequencer: Sequencer(epoch: 1),
            isSimulated: false,
            logger: RateLimitedLogger(Logger(label: "bench")),
            counters: counters,
            publish: { _ in }
        )
        pipeline.want(stream, after: nil)
    }

    /// Feeds `total` frames, going round in `frames`, in reads of 16. Answers how many publications came of them.
    package func ingest(_ frames: [ByteBuffer], total: Int) -> Int {
        let before = counters.publications.current
        for index in 0..<total {
            pipeline.ingest(frames[index % frames.count])
            if index % 16 == 15 { pipeline.readCompleted() }
        }
        pipeline.readCompleted()
        return counters.publications.current - before
    }
}
