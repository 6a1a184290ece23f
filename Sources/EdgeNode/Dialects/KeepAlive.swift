import NIOCore

/// How a client that has been silent is asked whether it is still there.
package enum KeepAlive: Equatable, Sendable {
    /// A ping of RFC 6455; its pong is the answer.
    case pingFrame
    /// A text of the dialect; any message is the answer, one that says nothing else is `ClientRequest.Operation.alive`.
    case text(ByteBuffer)
}
