import Dispatch
import Testing

@testable import Platform

@Suite struct MetricHistogramTests {
    /// A bound belongs to its own bucket.
    @Test(arguments: [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (16_384, 12), (16_385, 13), (.max, 13)])
    func eachValueHasItsBucket(value: Int, place: Int) {
        let histogram = MetricHistogram<OneThread>(.amounts)
        histogram.record(value)
        #expect(histogram.snapshot.counts.firstIndex(of: 1) == place)
        #expect(histogram.snapshot.count == 1)
    }

    @Test func bucketsAreAddedUpWhenTheyAreTold() {
        let histogram = MetricHistogram<OneThread>(.amounts)
        for value in [1, 2, 2, 100_000] { histogram.record(value) }
        let told = histogram.snapshot.cumulative
        #expect(told.first?.bound == 1 && told.first?.count == 1)
        #expect(told.dropFirst().first?.count == 3)
        #expect(told.last?.bound == nil && told.last?.count == 4)
        #expect(histogram.snapshot.sum == 100_005)
    }

    @Test func thoseOfSeveralShardsAreOne() {
        let parts = (1...3).map { part in
            let histogram = MetricHistogram<AnyThread>(.seconds)
            histogram.record(part * 1_000_000_000, count: 2)
            return histogram.snapshot
        }
        #expect(parts.total(.seconds).count == 6 && parts.total(.seconds).sum == 12)
        #expect([].total(.seconds).count == 0)
    }

    @Test func manyThreadsLoseNothingWhereAnyThreadWrites() {
        let histogram = MetricHistogram<AnyThread>(.amounts)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for value in 0..<5000 { histogram.record(value % 4) }
        }
        #expect(histogram.snapshot.count == 20_000 && histogram.snapshot.sum == 30_000)
    }

    @Test func whatCameBeforeItWasMadeHasTakenNoTimeAndIsCounted() {
        let meter = LagMeter()
        meter.record(1_000_000, count: 2, at: 2_000_000)
        meter.record(1_500_000, at: 2_000_000)
        meter.record(2_000_500, at: 2_000_000)
        #expect(meter.snapshot.count == 4 && meter.snapshot.sum == 2.5)
        #expect(meter.negative == 1)
        meter.record(0, count: 0, at: 2_000_000)
        for time in [Int64.min, .max] { meter.record(time, at: 2_000_000) }
        #expect(meter.snapshot.count == 6 && meter.negative == 2)
    }

    /// A message whose time is 0, and ten thousand of them in each second for a month.
    @Test func whatNobodyCanMeanCountsAsAMinuteSoThatTheSumNeverTurnsOver() {
        let meter = LagMeter()
        let now: Int64 = 1_704_063_600_000_000
        meter.record(now - 61_000_000, at: now)
        #expect(meter.snapshot.counts.last == 1 && (60..<60.1).contains(meter.snapshot.sum))
        meter.record(now - 60_000_000, at: now)
        #expect(meter.snapshot.counts.last == 1, "a minute has its own bucket")
        meter.record(0, count: 10_000 * 86_400 * 30, at: now)
        let month = 60.0 * 10_000 * 86_400 * 30
        #expect((month...month * 1.001).contains(meter.snapshot.sum))
    }

    @Test func lagsHaveTheBucketsOfOtherTimes() {
        let (lags, times) = ([HistogramSnapshot]().total(.lags), [HistogramSnapshot]().total(.seconds))
        #expect(lags.cumulative.map { $0.bound } == times.cumulative.map { $0.bound })
    }
}
