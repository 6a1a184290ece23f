import Histogram

/// Percentiles in microseconds.
package struct LatencySummary: Codable, Sendable, Equatable {
    package var count: Int
    package var min: Int
    package var p50: Int
    package var p90: Int
    package var p99: Int
    package var p999: Int
    package var max: Int

    /// Nil where nothing was recorded.
    init?(_ histogram: Histogram<UInt32>) {
        guard histogram.totalCount > 0 else { return nil }
        count = Int(histogram.totalCount)
        min = Int(histogram.min)
        p50 = Int(histogram.valueAtPercentile(50))
        p90 = Int(histogram.valueAtPercentile(90))
        p99 = Int(histogram.valueAtPercentile(99))
        p999 = Int(histogram.valueAtPercentile(99.9))
        max = Int(histogram.max)
    }
}
