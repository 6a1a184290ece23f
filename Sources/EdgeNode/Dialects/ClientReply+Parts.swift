import Core

/// What several replies are made of.
extension ClientReply {
    /// `resumed` has the same keys in both dialects that know it, but for the form of what was rejected.
    static func write(
        resumed streams: [ResumedStream],
        rejected: [Rejection],
        positions: [(String, Position)],
        token: String?,
        in dialect: Dialect,
        into json: inout JSONObjectWriter
    ) {
        json.string(dialect.key, "resumed")
        json.array("streams", streams) { $1.write(into: &$0) }
        json.positions(positions)
        if dialect == .op { write(rejected, into: &json) } else { write(coded: rejected, into: &json) }
        write(token: token, into: &json)
    }

    static func write(token: String?, into json: inout JSONObjectWriter) {
        if let token { json.string("resumeToken", token) }
    }

    static func write(_ rejected: [Rejection], into json: inout JSONObjectWriter) {
        json.array("rejected", rejected.isEmpty ? nil : rejected) { object, rejection in
            object.string("arg", rejection.spelling)
            object.string("reason", rejection.reason)
        }
    }

    static func write(coded rejected: [Rejection], into json: inout JSONObjectWriter) {
        json.array("rejected", rejected.isEmpty ? nil : rejected) { object, rejection in
            object.string("stream", rejection.spelling)
            object.string("code", rejection.code)
            object.string("reason", rejection.reason)
        }
    }

    static func write(type: String, symbol: String, into json: inout JSONObjectWriter) {
        json.string("type", type)
        json.string("exchange", "bybit")
        json.string("symbol", symbol)
    }

    /// In the guide's form, which tells one at a time.
    static func write(type rejection: Rejection, into json: inout JSONObjectWriter) {
        json.string("type", "error")
        json.string("message", rejection.reason)
        json.string("symbol", rejection.spelling)
    }
}
