import Core
import NIOCore

/// The guide tells of one stream at a time.
extension GuideDialect {
    package func text(of reply: ClientReply, id: String?) -> ByteBuffer {
        KeyedReplies.text(id: id) { write(reply, into: &$0) }
    }

    private func write(_ reply: ClientReply, into json: inout JSONWriter) {
        switch reply {
        case .subscribed(let accepted, let rejected, _, _):
            if let symbol = accepted.first { write("subscribed", symbol, into: &json) }
            if let rejection = rejected.first { write(rejection, into: &json) }
        case .unsubscribed(let removed, let asked):
            // Its clients are told that they are out, whether or not they were in.
            if let symbol = asked.first ?? removed.first { write("unsubscribed", symbol, into: &json) }
        case .rejected(let rejected):
            if let rejection = rejected.first { write(rejection, into: &json) }
        case .error(let error):
            json.string("type", "error")
            json.string("message", error == .invalidJSON ? "Invalid JSON format" : error.message)
        case .pong(let timestamp): KeyedReplies.write(pong: timestamp, "type", into: &json)
        // A dialect without resume has no use for a token.
        case .goingAway(let milliseconds, _):
            KeyedReplies.write(goingAway: milliseconds, token: nil, "type", into: &json)
        // Who shows a token shows it on connecting.
        case .gap, .resumed, .authenticated, .tokenExpiring: break
        }
    }

    private func write(_ type: String, _ symbol: String, into json: inout JSONWriter) {
        json.string("type", type)
        json.string("exchange", "bybit")
        json.string("symbol", symbol)
    }

    private func write(_ rejection: Rejection, into json: inout JSONWriter) {
        json.string("type", "error")
        json.string("code", rejection.code)
        json.string("message", rejection.reason)
        json.string("symbol", rejection.spelling)
    }
}
