import NIOCore

/// Why there is no connection to the exchange, and when the next attempt is made.
struct UpstreamOutage: Sendable {
    var reason: String
    var retryAfter: Duration?
    var until: NIODeadline

    func words(at now: NIODeadline) -> String {
        let wait = until - now
        // Rounded up: a wait that is not over has a second left.
        let seconds = (wait.nanoseconds + 999_999_999) / 1_000_000_000
        let asked = retryAfter.map { "; it asks to stay away for \($0.components.seconds) s" } ?? ""
        return "\(reason.prefix(150))\(asked); the next attempt is " + (wait > .zero ? "in \(seconds) s" : "under way")
    }
}
