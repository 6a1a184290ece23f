import NIOCore

/// For how long the peer of a connection has taken nothing. Looked at by the sweep while something waits for it. Pure.
struct StallWatch {
    private var taken: UInt64 = 0
    private var since: NIODeadline?

    var isWatching: Bool { since != nil }

    /// Nil where it has taken something since the last look, or this is the first.
    ///
    /// - Parameter now: A count of bytes that grows with what the peer takes.
    mutating func stalledTime(taken count: UInt64, at now: NIODeadline) -> TimeAmount? {
        guard let since, count == taken else {
            (taken, self.since) = (count, now)
            return nil
        }
        return now - since
    }

    /// Nothing waits any more.
    mutating func reset() { since = nil }
}
