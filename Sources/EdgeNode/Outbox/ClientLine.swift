import NIOCore

/// What is known of the way to one client, however it is written to: how much it takes, and since when it has taken nothing.
/// Lives on its shard's loop.
struct ClientLine {
    /// Nil where the channel has none, as in tests, and once the connection is on its way out.
    var socket: ClientSocket?
    private var pace = SendPace()
    private var stall = StallWatch()

    /// Whether the client has said something that nobody has read.
    var hasUnread: Bool { socket?.hasUnread == true }

    /// Bytes that the kernel has not sent, since the client's window has no room for them.
    var unsent: Int { socket?.unsent ?? 0 }

    /// Whether the kernel has bytes that the client's window has no room for, or had: what it has been sent stands in front of
    /// what it is asked. Nil where the channel has no socket.
    var isFull: Bool? {
        socket.map { pace.isSlow || $0.unsent > 0 || !pace.isMeasured && $0.wasWindowFull }
    }

    /// What may be unsent, and what is given to the socket at a time while the client is behind.
    var unsentLimit: Int { Int(pace.limit) }

    /// How long the client is expected to need for so much; nothing where that is not known.
    func time(for bytes: Int) -> TimeAmount { pace.time(for: bytes) }

    /// Whether it is known to take little.
    var isSlow: Bool { pace.isSlow }

    /// Before its pace is measured, a full window is the first sign that it is slow.
    var isDoubtful: Bool { !pace.isMeasured && socket?.wasWindowFull == true }

    /// To be called now and then while something waits. True where the limit is another now.
    mutating func measure(at now: NIODeadline) -> Bool {
        guard pace.isDue(at: now), let socket, let acknowledged = socket.acknowledged,
            pace.measure(acknowledged: acknowledged, at: now)
        else { return false }
        socket.limitUnsent(to: pace.limit)
        return true
    }

    /// For how long its side has acknowledged nothing; nil where it has since the last look. To be asked by each sweep while
    /// something waits for it.
    ///
    /// - Parameter handed: What was handed on so far, for where the system does not say what was acknowledged.
    mutating func stalledTime(orHanded handed: @autoclosure () -> UInt64?, at now: NIODeadline) -> TimeAmount? {
        guard let taken = socket?.acknowledged ?? handed() else { return nil }
        return stall.stalledTime(taken: taken, at: now)
    }

    /// Nothing waits any more, or nothing has so far.
    mutating func forgetStall() { if stall.isWatching { stall.reset() } }
}

@available(*, unavailable)
extension ClientLine: Sendable {}
