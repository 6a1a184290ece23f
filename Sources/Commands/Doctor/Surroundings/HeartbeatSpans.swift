/// From when until when heartbeats of each term were heard. A value; bounded by who fills it.
struct HeartbeatSpans {
    private var spans: [UInt64: ClosedRange<ContinuousClock.Instant>] = [:]

    mutating func hear(_ epoch: UInt64, at time: ContinuousClock.Instant) {
        let start = spans[epoch]?.lowerBound ?? time
        spans[epoch] = start...max(start, time)
    }

    /// The longest time in which two terms were heard side by side; zero where one followed the other, as in a handover.
    var overlap: Duration {
        let all = spans.sorted { $0.key < $1.key }.map(\.value)
        var longest = Duration.zero
        for (index, one) in all.enumerated() {
            for other in all[(index + 1)...] {
                let start = max(one.lowerBound, other.lowerBound)
                longest = max(longest, min(one.upperBound, other.upperBound) - start)
            }
        }
        return longest
    }
}
