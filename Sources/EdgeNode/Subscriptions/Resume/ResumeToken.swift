import Core

/// What a resume token says: whose subscriptions these were, and where each of them stood.
struct ResumeToken: Equatable, Sendable {
    struct Subscription: Equatable, Sendable {
        var stream: StreamName
        /// In which its data came.
        var dialect: DialectID
        /// Messages per second at most; nil where every message was wanted.
        var maxRate: Double?
        /// The last publication that the client was sent before the token; nil where it had nothing of the stream.
        var position: Position?
        /// Whether its data came with `times`.
        var tellsTimes = false
    }

    /// Who it was given to; empty for a client without a name.
    var user: String
    /// Milliseconds since 1970.
    var issuedAt: Int64
    var subscriptions: [Subscription]
}
