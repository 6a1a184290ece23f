import NIOHTTP1
import Platform

extension HTTPReply {
    /// Somebody is not let in, for a reason in words of our own: the log may have them.
    static func refusal(
        _ status: HTTPResponseStatus,
        error: String,
        reason: String,
        headers: [(String, String)] = []
    ) -> HTTPReply {
        var reply = HTTPReply(status, error: error, reason: reason, headers: headers)
        reply.remark = reason
        return reply
    }
}
