import NIOCore

/// Whether a client is still there: when it was heard, and what it was asked and has not answered. Pure.
struct Liveness {
    /// Of CLIENT_PING_TIMEOUT: so long at most a pong may be late where nothing shows that the client is behind. What stands in its
    /// own receive buffer, and that it has not read yet, nobody sees before the buffer is full.
    private static let patience: Int64 = 6

    /// When anything was heard from it.
    private(set) var lastHeard: NIODeadline
    private var lastAsked: NIODeadline
    private(set) var isAwaitingPong = false

    init(at now: NIODeadline) {
        lastHeard = now
        lastAsked = now
    }

    mutating func heard(at now: NIODeadline) { lastHeard = now }

    mutating func asked(at now: NIODeadline) {
        lastAsked = now
        isAwaitingPong = true
    }

    mutating func answered() { isAwaitingPong = false }

    func isDue(at now: NIODeadline, interval: TimeAmount) -> Bool { !isAwaitingPong && lastAsked + interval <= now }

    func isLate(at now: NIODeadline, timeout: TimeAmount) -> Bool { isAwaitingPong && lastAsked + timeout <= now }

    /// Whether its pong may be late because it has much to read in front of the ping.
    ///
    /// - Parameter isFull: Whether what it has not acknowledged fills its receive buffer; nil where nobody can say.
    func mayBeReading(at now: NIODeadline, timeout: TimeAmount, isFull: Bool?) -> Bool {
        guard let isFull else { return false }
        return isFull || now < lastAsked + .nanoseconds(timeout.nanoseconds * Self.patience)
    }
}
