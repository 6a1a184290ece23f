/// Latencies, as one line of percentiles.
struct LatencyFigures: CustomStringConvertible {
    private let sorted: [Int64]
    private let seconds: Int

    /// - Parameter samples: Microseconds.
    init(_ samples: [Int64], seconds: Int) throws(BenchFailure) {
        guard !samples.isEmpty else { throw .failed("no message arrived") }
        sorted = samples.sorted()
        self.seconds = seconds
    }

    var description: String {
        "p50 \(milliseconds(0.5)) ms, p99 \(milliseconds(0.99)) ms, p99.9 \(milliseconds(0.999)) ms, "
            + "\(sorted.count / seconds) messages/s"
    }

    private func milliseconds(_ share: Double) -> Double {
        (Double(sorted[Int(Double(sorted.count - 1) * share)]) / 10).rounded() / 100
    }
}
