import Core
import NIOCore

/// What a client is told about its requests and its streams, apart from data; written in the dialect of the request.
enum ClientReply: Equatable {
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
    case unsubscribed([String])
    case pong(timestamp: Int64)
    case error(ClientError)
    /// Streams that were subscribed and have ended.
    case rejected([Rejection])
    /// Sequences that will not come. `stream` as data frames spell it.
    case gap(stream: String, from: UInt64, to: UInt64, epoch: UInt64, reason: GapReason)
    case goingAway(reconnectAfterMilliseconds: Int, token: String?)
    case welcome(clientCount: Int)

    static func == (left: Self, right: Self) -> Bool {
        Dialect.allCases.allSatisfy { left.text(in: $0, id: nil) == right.text(in: $0, id: nil) }
    }

    /// The JSON text; empty where the dialect has no such message.
    func text(in dialect: Dialect, id: String?) -> ByteBuffer {
        var json = JSONObjectWriter()
        switch dialect {
        case .op: write(op: &json)
        case .action: write(action: &json)
        case .type: write(type: &json)
        }
        guard !json.isEmpty else { return ByteBuffer() }
        if let id { json.raw("id", id) }
        return json.finish()
    }

    private func write(op json: inout JSONObjectWriter) {
        switch self {
        case .subscribed(let accepted, let rejected, let positions, let token):
            json.string("op", "subscribe")
            json.bool("success", !accepted.isEmpty)
            json.strings("args", accepted)
            let advice = rejected.isEmpty ? "" : ". \(rejected.count) rejected — see 'rejected' for details."
            json.string("message", "Subscribed to \(accepted.count) streams\(advice)")
            Self.write(rejected, into: &json)
            json.object("resume") { resume in
                if let token { resume.string("token", token) }
                resume.positions(positions)
            }
        case .unsubscribed(let removed):
            json.string("op", "unsubscribe")
            json.bool("success", true)
            json.strings("args", removed)
            json.string("message", "Unsubscribed from \(removed.count) streams")
        case .rejected(let rejected):
            json.string("op", "rejected")
            Self.write(rejected, into: &json)
        default: writeCommon(.op, &json)
        }
    }

    private func write(action json: inout JSONObjectWriter) {
        switch self {
        case .subscribed(let accepted, let rejected, let positions, let token):
            json.string("action", "subscribed")
            json.strings("streams", accepted)
            Self.write(coded: rejected, into: &json)
            json.positions(positions)
            Self.write(token: token, into: &json)
        case .unsubscribed(let removed):
            json.string("action", "unsubscribed")
            json.strings("streams", removed)
        case .rejected(let rejected):
            json.string("action", "rejected")
            Self.write(coded: rejected, into: &json)
        default: writeCommon(.action, &json)
        }
    }

    private func write(type json: inout JSONObjectWriter) {
        switch self {
        case .subscribed(let accepted, let rejected, _, _):
            if let symbol = accepted.first { Self.write(type: "subscribed", symbol: symbol, into: &json) }
            if let rejection = rejected.first { Self.write(type: rejection, into: &json) }
        case .unsubscribed(let removed):
            if let symbol = removed.first { Self.write(type: "unsubscribed", symbol: symbol, into: &json) }
        case .rejected(let rejected):
            if let rejection = rejected.first { Self.write(type: rejection, into: &json) }
        case .error(let error):
            json.string("type", "error")
            json.string("message", error.message(in: .type))
        case .welcome(let count):
            json.string("type", "welcome")
            json.string("message", "Connected to market data feed")
            json.integer("client_count", count)
        // The guide's messages carry no sequence that a gap could be told by; the next update is the whole state.
        case .gap, .resumed: break
        default: writeCommon(.type, &json)
        }
    }

    private func writeCommon(_ dialect: Dialect, _ json: inout JSONObjectWriter) {
        switch self {
        case .pong(let timestamp):
            json.string(dialect.key, "pong")
            json.integer("timestamp", timestamp)
        case .error(let error):
            json.string(dialect.key, "error")
            json.string("code", error.code)
            json.string("message", error.message(in: dialect))
        case .gap(let stream, let from, let to, let epoch, let reason):
            json.string(dialect.key, "gap")
            json.string("stream", stream)
            json.integer("from", from)
            json.integer("to", to)
            json.integer("epoch", epoch)
            json.string("reason", reason.rawValue)
        case .goingAway(let milliseconds, let token):
            json.string(dialect.key, "going_away")
            json.integer("reconnectAfterMs", milliseconds)
            // A dialect without resume has no use for it.
            if dialect != .type { Self.write(token: token, into: &json) }
        case .resumed(let streams, let rejected, let positions, let token):
            Self.write(
                resumed: streams,
                rejected: rejected,
                positions: positions,
                token: token,
                in: dialect,
                into: &json
            )
        case .subscribed, .unsubscribed, .rejected, .welcome: break
        }
    }
}
