import Logging
import NIOHTTP1
import Platform

extension HTTPReply {
    static var goingAway: HTTPReply { unavailable("Server going away", retryAfter: 1) }

    static func unavailable(_ reason: String, retryAfter seconds: Int) -> HTTPReply {
        var reply = HTTPReply(.serviceUnavailable, error: reason, headers: [("Retry-After", "\(seconds)")])
        reply.remark = reason
        return reply
    }

    /// What the log says of a refusal.
    var logged: Logger.Metadata {
        var fields: Logger.Metadata = ["status": "\(status.code)"]
        if let remark { fields["reason"] = "\(remark)" }
        return fields
    }
}
