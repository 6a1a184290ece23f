import Histogram

/// What the clients of one loop have counted. A value; a copy of it is a report of a moment.
struct Tally: Sendable {
    /// All messages with data, whenever they were published: for the progress line.
    var received = 0
    /// Of those that were published in the measured time, and not only told as state.
    var delivered = 0
    /// Publications of the measured time that came as part of a range.
    var conflated = 0
    /// Holes that nobody told, and how many publications of the measured time they swallowed.
    var gaps = 0
    var missing = 0
    /// Gap notices, and the publications that they excuse.
    var toldGaps = 0
    var toldMissing = 0
    var repeats = 0
    var reorders = 0
    /// Messages that are none of the protocol.
    var unreadable = 0
    /// When the last delivery of the measured time came.
    var lastDelivery: Int64 = 0
    /// Why connections ended that nobody here had ended: a close code, `reset` or `eof`.
    var closed: [String: Int] = [:]
    /// Microseconds from the planned moment of publishing, up to an hour.
    var latency = Histogram<UInt32>(highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.received += right.received
        sum.delivered += right.delivered
        sum.conflated += right.conflated
        sum.gaps += right.gaps
        sum.missing += right.missing
        sum.toldGaps += right.toldGaps
        sum.toldMissing += right.toldMissing
        sum.repeats += right.repeats
        sum.reorders += right.reorders
        sum.unreadable += right.unreadable
        sum.lastDelivery = max(left.lastDelivery, right.lastDelivery)
        sum.closed.merge(right.closed, uniquingKeysWith: +)
        sum.latency.add(right.latency)
        return sum
    }
}
