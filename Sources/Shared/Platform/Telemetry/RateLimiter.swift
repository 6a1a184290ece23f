/// Which lines may pass: at most `limit` per key in each interval. A value without a clock of its own.
///
/// At most `maxKeys` keys are told apart. Those that come while it is full share one further window, so that a flood
/// of new keys (client addresses, say) costs neither memory nor log lines.
struct RateLimiter {
    private struct Window {
        let start: ContinuousClock.Instant
        var passed = 0
        var suppressed = 0
    }

    private let limit: Int
    private let interval: Duration
    private let maxKeys: Int
    private var windows: [String: Window] = [:]
    private var shared: Window?
    private var nextSweep: ContinuousClock.Instant?

    init(limit: Int, interval: Duration, maxKeys: Int) {
        self.limit = max(1, limit)
        self.interval = interval
        self.maxKeys = max(1, maxKeys)
    }

    var keyCount: Int { windows.count }

    /// The number of lines suppressed since the last that passed, when this one passes; nil when it doesn't.
    mutating func admit(_ key: String, at now: ContinuousClock.Instant) -> Int? {
        if windows[key] == nil && windows.count >= maxKeys { sweep(now) }
        if windows[key] == nil && windows.count >= maxKeys { return pass(&shared, now) }
        return pass(&windows[key], now)
    }

    private func pass(_ window: inout Window?, _ now: ContinuousClock.Instant) -> Int? {
        var current = window ?? Window(start: now)
        if now - current.start >= interval { current = Window(start: now, suppressed: current.suppressed) }
        defer { window = current }
        guard current.passed < limit else {
            current.suppressed += 1
            return nil
        }
        current.passed += 1
        defer { current.suppressed = 0 }
        return current.suppressed
    }

    /// Forgets windows that are over, at most once an interval, since it looks at every key. What they suppressed
    /// and haven't told yet goes to the shared window.
    private mutating func sweep(_ now: ContinuousClock.Instant) {
        if let nextSweep, now < nextSweep { return }
        nextSweep = now + interval
        var untold = 0
        windows = windows.filter { _, window in
            let isOver = now - window.start >= interval
            if isOver { untold += window.suppressed }
            return !isOver
        }
        guard untold > 0 else { return }
        var window = shared ?? Window(start: now)
        window.suppressed += untold
        shared = window
    }
}
