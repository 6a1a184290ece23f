import NIOCore

/// Why a connection to the exchange is away, and when the next attempt is made.
package struct FeedOutage: Sendable {
    package var reason: String
    package var retryAfter: Duration?
    package var until: NIODeadline

    package init(reason: String, retryAfter: Duration? = nil, until: NIODeadline) {
        self.reason = reason
        self.retryAfter = retryAfter
        self.until = until
    }

    package func words(at now: NIODeadline) -> String {
        let wait = until - now
        // Rounded up: a wait that is not over has a second left.
        let seconds = (wait.nanoseconds + 999_999_999) / 1_000_000_000
        let asked = retryAfter.map { "; it asks to stay away for \($0.components.seconds) s" } ?? ""
        return "\(reason.prefix(150))\(asked); the next attempt is " + (wait > .zero ? "in \(seconds) s" : "under way")
    }
}
