/// How long something was on its way, as two clocks that need not agree tell it. Any thread writes and reads.
///
/// What came before it was made has taken no time, and is counted: the clocks are then to be looked at. What took longer than the
/// buckets reach, a minute, is in the last of them and counts as a minute in the sum: so the sum of a hundred thousand in a second,
/// each with a time that nobody can mean, has room for weeks.
package final class LagMeter: Sendable {
    /// Between which two clocks; the raw value is the word in the metrics.
    package enum Stage: String, CaseIterable, Sendable {
        /// The exchange's and the ingestor's.
        case ingest
        /// The ingestor's and the node's.
        case broker
        /// The exchange's and the node's.
        case endToEnd = "end_to_end"
    }

    /// In microseconds.
    private let histogram = MetricHistogram<AnyThread>(.lags)
    private let negatives = Counter<AnyThread>()

    /// A program tells the stages that it sees.
    package static let negativeLags = MetricFamily.counter(
        "tidegate_negative_lags_total",
        by: ["stage"],
        "What by its times came before it was made, and counts as having taken no time: clocks differ. At the `ingest` frames of the "
            + "exchange, from the `broker` publications, and `end_to_end` updates, once for each shard that gave them to clients."
    )

    package init() {}

    package var snapshot: HistogramSnapshot { histogram.snapshot }

    /// Times that were later than the moment at which they came.
    package var negative: Int { negatives.get() }

    /// - Parameters:
    ///   - time: When it was made; microseconds since 1970.
    ///   - count: How many were made then.
    ///   - now: When they came.
    package func record(_ time: Int64, count: Int = 1, at now: Int64) {
        guard count > 0 else { return }
        let lag = now.subtractingReportingOverflow(time)
        if !lag.overflow, lag.partialValue < 0 { negatives.add(count) }
        let microseconds = lag.overflow ? 0 : min(max(0, lag.partialValue), Self.longest)
        histogram.record(Int(microseconds), count: count)
    }

    /// In microseconds: the first that is above the last bound.
    private static let longest = Int64(HistogramBounds.lags.last + 1)
}

extension MetricsSnapshot {
    /// What came before it was made, at one of the stages.
    package mutating func add(_ negative: Int, at stage: LagMeter.Stage) {
        add(LagMeter.negativeLags, negative, labels: [stage.rawValue])
    }
}
