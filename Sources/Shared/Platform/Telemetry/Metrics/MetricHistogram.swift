/// How often values of each size came, in buckets that are fixed. Any thread reads it; `Writer` says who may write it, as with
/// `Counter`. What is read while somebody writes may lack a part of the last value, and nothing else.
package final class MetricHistogram<Writer>: Sendable {
    private let bounds: HistogramBounds
    private let buckets: [CounterCell<Writer>]
    private let sum = Counter<Writer>()

    package init(_ bounds: HistogramBounds) {
        self.bounds = bounds
        buckets = (0...bounds.upper.count).map { _ in CounterCell() }
    }

    package var snapshot: HistogramSnapshot {
        HistogramSnapshot(bounds: bounds, counts: buckets.map { $0.get() }, sum: sum.get())
    }
}

extension MetricHistogram where Writer == OneThread {
    /// - Parameter count: How many values of this size came.
    package func record(_ value: Int, count: Int = 1) {
        buckets[bounds.place(of: value)].add(count)
        sum.add(value * count)
    }
}

extension MetricHistogram where Writer == AnyThread {
    /// - Parameter count: How many values of this size came.
    package func record(_ value: Int, count: Int = 1) {
        buckets[bounds.place(of: value)].add(count)
        sum.add(value * count)
    }
}
