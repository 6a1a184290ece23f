import NIOCore

/// How often somebody may connect: so many times a second on average, and as many at once (the generic cell rate algorithm).
/// A value; of each of those that it is kept for nothing is remembered but when the next one would be due if all came evenly.
struct ConnectRate: Sendable {
    private let interval: TimeAmount
    /// How far ahead of that time one may come.
    private let tolerance: TimeAmount

    /// - Parameter perSecond: 1 or more.
    init(perSecond: Int) {
        interval = .nanoseconds(max(1, 1_000_000_000 / Int64(max(1, perSecond))))
        tolerance = .nanoseconds(interval.nanoseconds * Int64(max(1, perSecond) - 1))
    }

    /// Nil where one more may come now; otherwise how long until then, and nothing is counted.
    func admit(_ due: inout NIODeadline, at now: NIODeadline) -> TimeAmount? {
        let next = max(due, now)
        guard next - now <= tolerance else { return next - now - tolerance }
        due = next + interval
        return nil
    }
}
