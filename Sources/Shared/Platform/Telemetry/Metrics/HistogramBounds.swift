/// Up to where the buckets of a histogram reach. Fixed, so that histograms of several shards and nodes can be added up.
package struct HistogramBounds: Sendable, Hashable {
    /// In the unit that is recorded, rising; above the last there is one bucket more.
    let upper: [Int]
    /// How many of what is recorded make one of what is told.
    let perUnit: Double

    private init(_ upper: [Int], perUnit: Double) {
        self.upper = upper
        self.perUnit = perUnit
    }

    /// Recorded in nanoseconds, told in seconds: from 50 microseconds to a minute.
    package static let seconds = HistogramBounds(
        [
            50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
            100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
            60_000_000_000,
        ],
        perUnit: 1_000_000_000
    )

    /// The same, recorded in microseconds, as times are told between machines.
    package static let lags = HistogramBounds(seconds.upper.map { $0 / 1000 }, perUnit: 1_000_000)

    /// Of how many there are.
    package static let amounts = HistogramBounds(
        [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16_384],
        perUnit: 1
    )

    /// Up to where values are told apart.
    var last: Int { upper.last ?? 0 }

    /// The bucket of a value.
    func place(of value: Int) -> Int {
        // There are few, and most values are small.
        var place = 0
        while place < upper.count, value > upper[place] { place += 1 }
        return place
    }
}
