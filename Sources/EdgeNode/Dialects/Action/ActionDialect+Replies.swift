import Core
import NIOCore

extension ActionDialect {
    package func text(of reply: ClientReply, id: String?) -> ByteBuffer {
        KeyedReplies.text(id: id) { write(reply, into: &$0) }
    }

    private func write(_ reply: ClientReply, into json: inout JSONWriter) {
        let key = Self.key
        switch reply {
        case .subscribed(let accepted, let rejected, let positions, let token):
            json.string(key, "subscribed")
            json.strings("streams", accepted)
            write(rejected, into: &json)
            json.positions(positions)
            KeyedReplies.write(token: token, into: &json)
        case .unsubscribed(let removed, _):
            json.string(key, "unsubscribed")
            json.strings("streams", removed)
        case .rejected(let rejected):
            json.string(key, "rejected")
            write(rejected, into: &json)
        case .resumed(let streams, let rejected, let positions, let token):
            KeyedReplies.write(resumed: streams, positions: positions, token: token, key, into: &json) {
                write(rejected, into: &$0)
            }
        case .authenticated(let user, let expires):
            KeyedReplies.write(authenticated: user, expires: expires, key, into: &json)
        case .tokenExpiring(let milliseconds): KeyedReplies.write(tokenExpiring: milliseconds, key, into: &json)
        case .pong(let timestamp): KeyedReplies.write(pong: timestamp, key, into: &json)
        case .error(let error): KeyedReplies.write(error, key, into: &json)
        case .gap(let stream, let from, let to, let epoch, let reason):
            KeyedReplies.write(gapIn: stream, from: from, to: to, epoch: epoch, reason, key, into: &json)
        case .goingAway(let milliseconds, let token):
            KeyedReplies.write(goingAway: milliseconds, token: token, key, into: &json)
        }
    }

    private func write(_ rejected: [Rejection], into json: inout JSONWriter) {
        json.array("rejected", rejected.isEmpty ? nil : rejected) { object, rejection in
            object.string("stream", rejection.spelling)
            object.string("code", rejection.code)
            object.string("reason", rejection.reason)
        }
    }
}
