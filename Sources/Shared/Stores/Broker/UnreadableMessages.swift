import Core
import Logging
import Platform
import Synchronization

/// Counts messages on our channels that are no publications, and says so in the log at a limited rate. Any thread.
package final class UnreadableMessages: Sendable {
    private let logger: RateLimitedLogger
    private let number = Atomic(0)

    package init(_ logger: Logger) {
        self.logger = RateLimitedLogger(logger)
    }

    package var count: Int { number.load(ordering: .relaxed) }

    package func note(channel: String, _ failure: PublicationRecord.Failure) {
        number.add(1, ordering: .relaxed)
        logger.log(
            .warning,
            key: "unreadable message",
            "passed over a message that is no publication of this release",
            metadata: ["channel": "\(channel)", "reason": "\(failure)"]
        )
    }
}
