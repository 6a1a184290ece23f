import NIOCore
import Platform

/// The bounds of one connection to Redis: times, and what may be awaited on it.
package struct RedisLimits: Sendable {
    /// For TCP, TLS and greeting, each.
    package var connectTimeout: Duration = .seconds(5)
    /// An answer that is later closes the connection.
    package var commandTimeout: Duration = .seconds(5)
    /// After so long without a word, a PING goes out.
    package var keepalive: Duration = .seconds(5)
    /// How long a command waits where no connection was ever made.
    package var firstConnectionWait: Duration = .seconds(2)
    /// Answers that may be awaited at one time, and the bytes of their commands. A command beyond is refused.
    package var maximumPendingReplies = 65_536
    package var maximumPendingBytes = 64 << 20
    /// A longer reply closes the connection.
    package var maximumReplyBytes = 64 << 20
    /// The waits between attempts to connect.
    package var backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(5), multiplier: 2)

    package init() {}
}
