import NIOCore

/// How often a stream is told that something of it could not be read: at once, then once a second for as long as nothing
/// but that comes. So a notice stands for what is lost within the second that it begins.
struct LossNotice {
    private static let interval: TimeAmount = .seconds(1)
    private var toldAt: NIODeadline?

    /// True where a notice is due.
    mutating func lose(at now: NIODeadline) -> Bool {
        if let toldAt, now - toldAt < Self.interval { return false }
        toldAt = now
        return true
    }

    /// A message came: what is lost behind it is another hole.
    mutating func deliver() { toldAt = nil }
}
