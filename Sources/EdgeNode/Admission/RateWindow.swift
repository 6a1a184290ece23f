import NIOCore

/// Counts messages in windows of one second: the pure part of the limit on a client's messages.
struct RateWindow {
    private var start: NIODeadline = .uptimeNanoseconds(0)
    private var count: Int32 = 0

    /// False where `limit` messages have come in this window already.
    mutating func admit(at now: NIODeadline, limit: Int) -> Bool {
        if now - start >= .seconds(1) {
            start = now
            count = 0
        }
        guard count < limit else { return false }
        count += 1
        return true
    }
}
