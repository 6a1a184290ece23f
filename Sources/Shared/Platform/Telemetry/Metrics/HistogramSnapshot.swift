/// What a histogram had counted at one moment. A value.
package struct HistogramSnapshot: Sendable, Equatable {
    package let bounds: HistogramBounds
    /// One for each bound, and one for what is above the last; not added up.
    package private(set) var counts: [Int]
    private var total: Int

    package init(bounds: HistogramBounds, counts: [Int], sum: Int) {
        self.bounds = bounds
        self.counts = counts
        self.total = sum
    }

    /// How many values there were.
    package var count: Int { counts.reduce(0, +) }

    /// Of all values, in the unit that is told.
    package var sum: Double { Double(total) / bounds.perUnit }

    /// How many values were no greater than each bound, and at the end how many there were; the bounds in the unit that is told.
    package var cumulative: [(bound: Double?, count: Int)] {
        var sum = 0
        return counts.enumerated().map { place, count in
            sum += count
            return (place < bounds.upper.count ? Double(bounds.upper[place]) / bounds.perUnit : nil, sum)
        }
    }

    /// Both together; they have the same bounds.
    package static func + (left: Self, right: Self) -> Self {
        precondition(left.bounds == right.bounds, "histograms of different bounds can't be added up")
        var both = left
        for place in both.counts.indices { both.counts[place] += right.counts[place] }
        // A page is no reason to end the process, whatever was recorded.
        both.total &+= right.total
        return both
    }
}

extension Sequence<HistogramSnapshot> {
    /// All of them together.
    package func total(_ bounds: HistogramBounds) -> HistogramSnapshot {
        let none = HistogramSnapshot(bounds: bounds, counts: Array(repeating: 0, count: bounds.upper.count + 1), sum: 0)
        return reduce(none, +)
    }
}
