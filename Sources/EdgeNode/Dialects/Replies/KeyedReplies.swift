import Core
import NIOCore

/// Replies that are one JSON object, and what those of several dialects have in common: the key of a dialect carries what
/// the reply is.
enum KeyedReplies {
    /// The finished text with the request's id; empty where nothing was written.
    static func text(id: String?, _ write: (inout JSONWriter) -> Void) -> ByteBuffer {
        var isEmpty = false
        let text = JSONWriter.object { json in
            write(&json)
            isEmpty = json.isEmpty
            if !isEmpty, let id { json.raw("id", id) }
        }
        return isEmpty ? ByteBuffer() : text
    }

    static func write(pong timestamp: Int64, _ key: String, into json: inout JSONWriter) {
        json.string(key, "pong")
        json.integer("timestamp", timestamp)
    }

    static func write(authenticated user: String?, expires: Int64?, _ key: String, into json: inout JSONWriter) {
        json.string(key, "auth")
        json.bool("success", true)
        if let user { json.string("user", user) } else { json.raw("user", "null") }
        if let expires { json.integer("expires", expires) } else { json.raw("expires", "null") }
    }

    static func write(tokenExpiring milliseconds: Int64, _ key: String, into json: inout JSONWriter) {
        json.string(key, "token_expiring")
        json.integer("inMs", milliseconds)
    }

    static func write(_ error: ClientError, _ key: String, into json: inout JSONWriter) {
        json.string(key, "error")
        json.string("code", error.code)
        json.string("message", error.message)
    }

    static func write(
        gapIn stream: String,
        from: UInt64,
        to: UInt64,
        epoch: UInt64,
        _ reason: GapReason,
        _ key: String,
        into json: inout JSONWriter
    ) {
        json.string(key, "gap")
        json.string("stream", stream)
        json.integer("from", from)
        json.integer("to", to)
        json.integer("epoch", epoch)
        json.string("reason", reason.rawValue)
    }

    static func write(
        goingAway milliseconds: Int,
        token: String?,
        _ key: String,
        into json: inout JSONWriter
    ) {
        json.string(key, "going_away")
        json.integer("reconnectAfterMs", milliseconds)
        write(token: token, into: &json)
    }

    /// - Parameter rejected: Writes what was rejected, in the dialect's form.
    static func write(
        resumed streams: [ResumedStream],
        positions: [(String, Position)],
        token: String?,
        _ key: String,
        into json: inout JSONWriter,
        rejected: (inout JSONWriter) -> Void
    ) {
        json.string(key, "resumed")
        json.array("streams", streams) { $1.write(into: &$0) }
        json.positions(positions)
        rejected(&json)
        write(token: token, into: &json)
    }

    static func write(token: String?, into json: inout JSONWriter) {
        if let token { json.string("resumeToken", token) }
    }
}
