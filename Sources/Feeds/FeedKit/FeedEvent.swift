import NIOCore

/// What happens to one route.
package enum FeedEvent {
    /// Messages of one frame, in their order.
    ///
    /// - Parameters:
    ///   - exchangeTime: Milliseconds since 1970; nil where the feed did not say.
    ///   - received: Microseconds since 1970.
    case messages([FeedMessage], exchangeTime: Int64?, received: Int64)
    /// A message that could not be read, and that nothing brings back: the stream is told a gap.
    case unreadable(received: Int64)
    /// What comes next starts anew, and may leave a hole behind what came before.
    case interrupted
    /// It is served from now on.
    case confirmed
    /// It will not be served; the session has forgotten it. One that is final need not be asked for again for a while.
    case refused(reason: String, isFinal: Bool)
    /// The session has forgotten it: nobody wants it any longer, or too many wait.
    case dropped
}
