import Logging
import Synchronization

/// A logger for what may happen ten thousand times a second: at most `limit` lines per key and interval. The next
/// line that passes carries how many were suppressed before it, as metadata `suppressed`.
///
/// Safe on any thread: a lock is held for the count, not for the writing. Bounded by `maxKeys`.
package final class RateLimitedLogger: Sendable {
    private let logger: Logger
    private let limiter: Mutex<RateLimiter>
    private let now: @Sendable () -> ContinuousClock.Instant

    package init(
        _ logger: Logger,
        limit: Int = 5,
        per interval: Duration = .seconds(10),
        maxKeys: Int = 256,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.logger = logger
        self.limiter = Mutex(RateLimiter(limit: limit, interval: interval, maxKeys: maxKeys))
        self.now = now
    }

    /// - Parameter key: What is limited together: the kind of event, or the kind and the client.
    package func log(
        _ level: Logger.Level,
        key: String,
        _ message: @autoclosure () -> Logger.Message,
        metadata: @autoclosure () -> Logger.Metadata? = nil,
        file: String = #fileID,
        function: String = #function,
        line: UInt = #line
    ) {
        // A line that the level keeps out must not use up the limit.
        guard level >= logger.logLevel else { return }
        let time = now()
        guard let suppressed = limiter.withLock({ $0.admit(key, at: time) }) else { return }
        var fields = metadata()
        if suppressed > 0 { fields = (fields ?? [:]).merging(["suppressed": .stringConvertible(suppressed)]) { $1 } }
        logger.log(level: level, message(), metadata: fields, file: file, function: function, line: line)
    }
}
