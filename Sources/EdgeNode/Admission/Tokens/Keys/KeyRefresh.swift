import Platform

/// When a set of keys is fetched anew: the pure part of `RemoteKeys`. A value; the time is passed in.
///
/// In the background when the last answer has become old, within bounds, and after a failure soon, then ever less often; and
/// when a token needs a key that is not there, but so at most every `pause`: else whoever invents key ids would have the node
/// ask without end. One fetch at a time.
struct KeyRefresh: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What becomes of a token whose key is not there.
    enum Answer: Equatable {
        /// The keys are to be fetched now, and the token waits for it.
        case fetch
        /// They are being fetched: the token waits.
        case wait
        /// They have been fetched lately: there is no such key.
        case absent
        /// Nobody can say, for about so many seconds.
        case unavailable(retryAfter: Int)
    }

    /// Between two fetches that tokens cause.
    static let pause = Duration.seconds(30)
    /// How long an answer is good for, whatever it says itself.
    static let lifetimes = Duration.seconds(60)...(.seconds(86_400))
    /// Of an answer that says nothing.
    static let usualLifetime = Duration.seconds(600)

    private var isFetching = false
    private(set) var hasSucceeded = false
    private var hasFailed = false
    private var began: Instant?
    private var due: Instant
    private var backoff = Backoff(initial: .seconds(1), maximum: .seconds(60), multiplier: 2)

    /// Due at once.
    init(at now: Instant) { due = now }

    /// Time has passed. True where the keys are to be fetched now.
    mutating func tick(at now: Instant) -> Bool {
        guard !isFetching, now >= due else { return false }
        begin(at: now)
        return true
    }

    /// A token needs a key that is not there.
    mutating func lack(at now: Instant) -> Answer {
        guard hasSucceeded else { return .unavailable(retryAfter: Self.seconds(until: due, from: now)) }
        if isFetching { return .wait }
        if let began, now - began < Self.pause {
            guard hasFailed else { return .absent }
            return .unavailable(retryAfter: Self.seconds(until: min(due, began + Self.pause), from: now))
        }
        begin(at: now)
        return .fetch
    }

    /// - Parameter lifetime: What the answer says of itself; nil where it says nothing.
    mutating func succeeded(lifetime: Duration?, at now: Instant) {
        isFetching = false
        hasSucceeded = true
        hasFailed = false
        backoff.reset()
        due = now + min(max(lifetime ?? Self.usualLifetime, Self.lifetimes.lowerBound), Self.lifetimes.upperBound)
    }

    /// The keys that there are go on. Returns the seconds after which it is tried again.
    mutating func failed(at now: Instant, using generator: inout some RandomNumberGenerator) -> Int {
        isFetching = false
        hasFailed = true
        due = now + backoff.next(using: &generator)
        return Self.seconds(until: due, from: now)
    }

    private mutating func begin(at now: Instant) {
        isFetching = true
        began = now
    }

    /// Whole ones, at least one.
    private static func seconds(until end: Instant, from now: Instant) -> Int {
        max(1, Int((end - now).components.seconds) + 1)
    }
}
