import Core
import NIOCore

/// What a client is told about its requests and its streams, apart from data; each dialect writes it in its own words.
package enum ClientReply: Sendable {
    /// `accepted` as sent; `positions` by canonical name, in front of all that follows, of the streams that the client then has
    /// something of. Where `token` is nil its key is left out, here and below.
    case subscribed(accepted: [String], rejected: [Rejection], positions: [(String, Position)], token: String?)
    /// The answer to a resume: `positions` says where the client stands, in front of what will be replayed.
    case resumed(
        streams: [ResumedStream],
        rejected: [Rejection],
        positions: [(String, Position)],
        token: String?
    )
    /// Those that were subscribed and are not any longer; `asked` is all that the request named.
    case unsubscribed([String], asked: [String] = [])
    /// Who the client is from now on; `expires` in milliseconds since 1970, nil for never.
    case authenticated(user: String?, expires: Int64?)
    /// Its credentials end soon.
    case tokenExpiring(inMilliseconds: Int64)
    case pong(timestamp: Int64)
    case error(ClientError)
    /// Streams that were subscribed and have ended.
    case rejected([Rejection])
    /// Sequences that will not come. `stream` as data frames spell it.
    case gap(stream: String, from: UInt64, to: UInt64, epoch: UInt64, reason: GapReason)
    case goingAway(reconnectAfterMilliseconds: Int, token: String?)
}
