/// How long something was on its way, as two clocks that need not agree tell it. Any thread writes and reads.
///
/// What came before it was made has taken no time, and is counted: the clocks are then to be looked at.
package final class LagMeter: Sendable {
    /// In nanoseconds.
    private let histogram = MetricHistogram<AnyThread>(.seconds)
    private let negatives = Counter<AnyThread>()

    package static let negativeLags = MetricFamily.counter(
        "tidegate_negative_lags_total",
        "Publications that by their times came before they were made, and count as having taken no time: clocks differ."
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
        // A time that nobody can mean is a lag that would drown all others in the sum.
        let microseconds = lag.overflow ? 0 : min(max(0, lag.partialValue), Self.longest)
        histogram.record(Int(microseconds) * 1000, count: count)
    }

    /// A day, in microseconds.
    private static let longest: Int64 = 86_400_000_000
}
