import Core
import NIOCore

/// What goes on of a term that ended because its lease could not be renewed, for as long as nobody else is known to lead:
/// the connections of the feeds, the pipeline, and the queue of what could not be delivered.
///
/// The store being away is no reason to stop listening to the exchange: what it sends meanwhile would be lost. It goes on
/// numbering, and nothing of it leaves the process. Bounded by the queue: what does not fit is dropped and told as a gap.
/// When this process leads next the numbers go on under the new term; otherwise `end` is called, and the queue is lost.
struct Interlude: Sendable {
    let epoch: UInt64
    let pipeline: NIOLoopBound<IngestPipeline>
    let queue: PublishQueue
    let eventLoop: any EventLoop
    private let ticks: RepeatedTask

    init(
        epoch: UInt64,
        pipeline: NIOLoopBound<IngestPipeline>,
        queue: PublishQueue,
        eventLoop: any EventLoop
    ) {
        self.epoch = epoch
        self.pipeline = pipeline
        self.queue = queue
        self.eventLoop = eventLoop
        // The exchange wants its pings.
        ticks = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            pipeline.value.tick()
        }
    }

    /// All that waits, and all that comes, is of the new term. Answers what waits.
    func goOn(under epoch: UInt64) async throws -> [StreamName: PublishQueue.Numbers] {
        ticks.cancel()
        return try await eventLoop.submit { [pipeline, queue] in
            // In one turn of the loop: nothing is numbered in between.
            pipeline.value.begin(epoch)
            queue.adopt(into: epoch)
            return queue.numbers
        }.get()
    }

    /// Another leads, or the process stops. Answers what must be remembered of the numbers.
    func end() async -> Sequencer? {
        ticks.cancel()
        let sequencer = try? await eventLoop.submit { [pipeline] in pipeline.value.end() }.get()
        queue.abandon()
        return sequencer
    }
}
