import NIOCore

/// When the exchange is asked for its instruments: at once, then every few minutes, and sooner where a node asks. Pure.
struct InstrumentSchedule {
    static let interval = TimeAmount.minutes(5)
    /// Between two questions, whoever asks for them.
    static let minimumInterval = TimeAmount.seconds(10)

    private var lastAsk: NIODeadline?
    private var next = NIODeadline.distantPast
    /// Until then the exchange wants to be left alone, whoever leads.
    private var notBefore = NIODeadline.distantPast

    /// A term begins by asking.
    mutating func begin() {
        lastAsk = nil
        next = notBefore
    }

    func isDue(at now: NIODeadline) -> Bool { next <= now }

    mutating func asked(at now: NIODeadline) {
        lastAsk = now
        next = now + Self.interval
    }

    /// - Parameters:
    ///   - wait: With its jitter.
    ///   - retryAfter: What the exchange asks for.
    ///   - quiet: So long at least, and `wait`, nobody may ask.
    mutating func failed(
        at now: NIODeadline,
        wait: TimeAmount,
        retryAfter: TimeAmount? = nil,
        quiet: TimeAmount? = nil
    ) {
        if let retryAfter { notBefore = now + min(retryAfter, Self.interval) }
        if let quiet { notBefore = max(notBefore, now + max(quiet, wait, Self.minimumInterval)) }
        next = max(notBefore, now + max(wait, Self.minimumInterval))
    }

    /// Somebody wants a fresh list. False where it is too early to ask for one: then the one there is, is the answer.
    mutating func wanted(at now: NIODeadline) -> Bool {
        guard notBefore <= now, lastAsk.map({ $0 + Self.minimumInterval <= now }) ?? true else { return false }
        next = now
        return true
    }
}
