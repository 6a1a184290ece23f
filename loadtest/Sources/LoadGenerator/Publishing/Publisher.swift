import Dispatch
import Foundation
import Histogram
import Platform
import Synchronization

/// Publishes on a thread of its own: at planned moments, whatever deliveries do, or as fast as they keep up. Any thread
/// may ask how far it is.
final class Publisher: Sendable {
    struct Outcome: Sendable {
        /// Of the measured time, by stream.
        var published: [Int]
        /// All of them.
        var total = 0
        /// Microseconds from the planned moment to the moment at which it was handed over.
        var lag = LatencyHistogram(highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)
        /// Batches that could not be handed over, with the first reason.
        var errors = 0
        var firstError: String?
        /// Where it goes as fast as deliveries keep up: times that nothing was delivered for a second.
        var stalls = 0
    }

    /// More is not handed over at once.
    private static let maximumBatch = 2048
    /// Nanoseconds between two batches at least: ten thousand batches per second would take a quarter of a core from the
    /// clients. What is planned in between goes with the next one, and its latency counts from its planned moment.
    private static let interval: Int64 = 1_000_000

    private let outlet: any PublishingOutlet
    private let streams: Int
    /// Nothing that is planned for this moment or a later one is published.
    private let limit = Atomic(Int64.max)
    private let count = Counter<AnyThread>()

    init(_ outlet: any PublishingOutlet, streams: Int) {
        self.outlet = outlet
        self.streams = streams
    }

    /// All publications so far.
    var published: Int { count.get() }

    /// - Parameter moment: What is planned for before it is still published, however late that is.
    func stop(at moment: Int64 = 0) { limit.store(moment, ordering: .relaxed) }

    func close() async { await outlet.close() }

    /// Until the plan's end, or until it is stopped.
    func run(_ plan: PublishingPlan, measured: MeasuredTime) async -> Outcome {
        await onThread { [self] outcome in
            var order = StreamOrder(streams)
            var numbers = [UInt64](repeating: 0, count: streams)
            var done = 0
            var now = plan.start - Self.interval
            while plan.moment(of: done) < plan.end, isWished(plan.moment(of: done)) {
                sleep(until: max(plan.moment(of: done), now + Self.interval))
                now = MonotonicClock.nanoseconds()
                let batch = plan.due(from: done, by: now, limit: Self.maximumBatch).map { moment in
                    let stream = order.take()
                    numbers[stream] += 1
                    return PlannedPublication(stream: stream, number: numbers[stream], time: moment)
                }
                done += batch.count
                for planned in batch where measured.contains(planned.time) {
                    outcome.lag.record(UInt64(max(0, now - planned.time) / 1000))
                }
                hand(batch, over: measured, &outcome)
            }
        }
    }

    /// Until `end`, or until it is stopped; the next publication of a stream when the one before has reached its subscribers.
    func saturate(
        _ gates: StreamGates,
        subscribers: [Int],
        from start: Int64,
        to end: Int64,
        measured: MeasuredTime
    ) async -> Outcome {
        await onThread { [self] outcome in
            var numbers = [UInt64](repeating: 0, count: streams)
            let all = Array(0..<streams)
            for stream in all { gates.expect(subscribers[stream], of: stream) }
            var open = all
            sleep(until: start)
            while true {
                let now = MonotonicClock.nanoseconds()
                guard now < end, isWished(now) else { return }
                let next = open.prefix(Self.maximumBatch)
                open.removeFirst(next.count)
                let batch = next.filter(gates.close).map { stream in
                    numbers[stream] += 1
                    return PlannedPublication(stream: stream, number: numbers[stream], time: now)
                }
                hand(batch, over: measured, &outcome)
                guard open.isEmpty else { continue }
                open = gates.wait(milliseconds: 1000)
                guard open.isEmpty else { continue }
                outcome.stalls += 1
                open = all
            }
        }
    }

    private func isWished(_ moment: Int64) -> Bool { moment < limit.load(ordering: .relaxed) }

    /// In steps, so that a stop is heard.
    private func sleep(until moment: Int64) {
        while isWished(moment) {
            let now = MonotonicClock.nanoseconds()
            guard now < moment else { return }
            MonotonicClock.sleep(until: min(moment, now + 100_000_000))
        }
    }

    private func hand(_ batch: [PlannedPublication], over measured: MeasuredTime, _ outcome: inout Outcome) {
        guard !batch.isEmpty else { return }
        // This thread has nothing else to do; the work is done by the outlet's own threads.
        let done = DispatchSemaphore(value: 0)
        let problem = Mutex<String?>(nil)
        Task { [outlet] in
            do {
                try await outlet.publish(batch)
            } catch {
                problem.withLock { $0 = "\(error)" }
            }
            done.signal()
        }
        done.wait()
        if let problem = problem.withLock({ $0 }) {
            outcome.errors += 1
            outcome.firstError = outcome.firstError ?? problem
        }
        for planned in batch where measured.contains(planned.time) { outcome.published[planned.stream] += 1 }
        outcome.total += batch.count
        count.add(batch.count)
    }

    private func onThread(_ body: @escaping @Sendable (inout Outcome) -> Void) async -> Outcome {
        await withCheckedContinuation { continuation in
            let streams = streams
            Thread.detachNewThread {
                var outcome = Outcome(published: Array(repeating: 0, count: streams))
                body(&outcome)
                continuation.resume(returning: outcome)
            }
        }
    }
}
