/// Planned moments of publishing that count: from `start` (inclusive) to `end`. Nanoseconds of the monotonic clock.
struct MeasuredTime: Sendable, Equatable {
    var start: Int64
    var end: Int64

    static let none = MeasuredTime(start: .max, end: .max)

    @inline(__always)
    func contains(_ moment: Int64) -> Bool { moment >= start && moment < end }
}
