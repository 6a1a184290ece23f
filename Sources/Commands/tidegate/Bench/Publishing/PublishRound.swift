import Core
import Glibc

/// One round of publishing: a batch after the other, as the leading ingestor does it, for a while, and then until all of
/// it was heard.
struct PublishRound {
    let published: Int
    let heard: Int
    let batches: Int
    let time: Duration
    /// CPU time of this process.
    let cpuSeconds: Double

    static func run(
        _ source: inout PublicationSource,
        batch: Int,
        for length: Duration,
        heardBy counter: PublishedCounter,
        _ publish: ([Publication]) async throws -> Void
    ) async throws -> PublishRound {
        let heardBefore = counter.value
        let (start, cpuBefore) = (ContinuousClock.now, cpu())
        var published = 0
        while ContinuousClock.now - start < length {
            try await publish(source.take(batch))
            published += batch
        }
        // Until the last one is heard, or nothing comes any more.
        var (heard, end) = (counter.value, ContinuousClock.now)
        while counter.value - heardBefore < published, ContinuousClock.now - end < .seconds(1) {
            if counter.value != heard { (heard, end) = (counter.value, .now) }
            try await Task.sleep(for: .milliseconds(1))
        }
        if counter.value != heard { (heard, end) = (counter.value, .now) }
        return PublishRound(
            published: published,
            heard: heard - heardBefore,
            batches: published / batch,
            time: end - start,
            cpuSeconds: cpu() - cpuBefore
        )
    }

    /// What was not heard does not count.
    var perSecond: Double { Double(heard) / (time / .seconds(1)) }

    private static func cpu() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
