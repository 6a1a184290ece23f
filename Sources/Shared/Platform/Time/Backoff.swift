/// The waits between attempts to connect: growing by a factor up to a bound, each with jitter, so that many that lost
/// the same server at one moment don't come back at one moment.
package struct Backoff: Sendable {
    package let initial: Duration
    package let maximum: Duration
    package let multiplier: Double
    private var attempts = 0

    package init(initial: Duration, maximum: Duration, multiplier: Double) {
        self.initial = initial
        self.maximum = maximum
        self.multiplier = multiplier
    }

    /// The next wait: between half of the current bound and the whole of it.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        var bound = initial
        for _ in 0..<attempts where bound < maximum { bound = min(bound * multiplier, maximum) }
        attempts += 1
        return bound * Double.random(in: 0.5...1, using: &generator)
    }

    /// The connection held: the next loss starts from the initial wait.
    package mutating func reset() { attempts = 0 }
}
