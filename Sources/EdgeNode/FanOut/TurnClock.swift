import NIOCore

/// When a shard's turns were: whether the next may follow at once, and whether one is due while sockets are served. Pure.
struct TurnClock {
    /// Turns that follow one another closer than this may have kept the loop from its sockets.
    static let breath: TimeAmount = .microseconds(50)
    /// So long at most.
    static let longestBusyTime: TimeAmount = .milliseconds(5)
    /// The mail is looked for that often at most while sockets are served, so that it is still delivered in batches.
    static let catchUpInterval: TimeAmount = .milliseconds(2)
    /// However long the last turn took, sockets are served for no longer than this before the next.
    static let longestCatchUpInterval: TimeAmount = .milliseconds(20)

    /// When the last turn ended, and how long it took.
    private var ended: NIODeadline
    private var duration = TimeAmount.zero
    /// Since when one turn has followed the other.
    private var busySince: NIODeadline

    init(ended: NIODeadline = .uptimeNanoseconds(0), busySince: NIODeadline = .uptimeNanoseconds(0)) {
        self.ended = ended
        self.busySince = busySince
    }

    /// Whether a turn may be taken now, before the sockets have theirs.
    func mayGoOn(at now: NIODeadline) -> Bool {
        now >= ended + Self.breath || now < busySince + Self.longestBusyTime
    }

    /// Whether the mail should be looked for while sockets are served.
    ///
    /// - Parameter isBehind: Whether something waits already: it goes before who comes.
    func isDue(at now: NIODeadline, isBehind: Bool) -> Bool {
        let wish = isBehind ? .nanoseconds(duration.nanoseconds / 2) : max(duration, Self.catchUpInterval)
        return now >= ended + min(wish, Self.longestCatchUpInterval)
    }

    /// The sockets have had their turn.
    mutating func breathe(at now: NIODeadline) { busySince = now }

    mutating func begin(at now: NIODeadline) {
        if now >= ended + Self.breath { busySince = now }
    }

    /// Ends the turn that began at `start`.
    mutating func end(at now: NIODeadline, since start: NIODeadline) {
        ended = now
        duration = now - start
    }
}
