import Core
import Logging
import Platform

/// Counts messages on our channels that are no publications, and says so in the log at a limited rate. Any thread.
package final class UnreadableMessages: Sendable {
    private let logger: RateLimitedLogger
    private let number = Counter<AnyThread>()

    package init(_ logger: Logger) {
        self.logger = RateLimitedLogger(logger)
    }

    package var count: Int { number.get() }

    package func note(channel: String, _ failure: PublicationRecord.Failure) {
        number.add()
        logger.log(
            .warning,
            key: "unreadable message",
            "passed over a message that is no publication of this release",
            metadata: ["channel": "\(channel)", "reason": "\(failure)"]
        )
    }
}
