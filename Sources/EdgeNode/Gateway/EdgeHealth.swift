import Shared

/// What a node knows of the parts around it, for `/health` and `/stats`.
package struct EdgeHealth: Sendable {
    /// In words: `connected`, `disconnected`, or `unused` where the process works without it.
    package var redis = "unused"
    package var broker = "connected"
    package var history = "connected"
    /// The connection to the exchange, where it is in this process.
    package var upstream: (@Sendable () -> UpstreamStatus)?

    package init() {}
}
