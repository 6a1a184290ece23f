import Histogram

/// How often times of each size came, in microseconds up to an hour. Named here: where Platform is imported too there are two that are
/// called a histogram.
typealias LatencyHistogram = Histogram<UInt32>
