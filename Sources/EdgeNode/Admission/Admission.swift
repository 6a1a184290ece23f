import Platform

/// Decides who is let in, before the answer to the request for a WebSocket. Any thread.
///
/// The client has its place already, so that no more are asked for at a time than there are places; nothing more is read of
/// it, and `HANDSHAKE_TIMEOUT` bounds the whole. Whoever is refused gets the reply as the answer to the request.
package protocol Admission: Sendable {
    /// What can be said at once, on the loop of the connection: it must not block. Nil where `admit` is to be asked.
    func decideAtOnce(_ request: UpgradeRequest) -> Result<Admitted, HTTPReply>?

    /// Takes its time, off the loop. Cancelled when the client leaves and when its time is over; then the place is free
    /// again, so it should heed that.
    func admit(_ request: UpgradeRequest) async -> Result<Admitted, HTTPReply>
}

extension Admission {
    package func decideAtOnce(_ request: UpgradeRequest) -> Result<Admitted, HTTPReply>? { nil }
}
