import Core
import NIOCore

extension OpDialect {
    package func text(of reply: ClientReply, id: String?) -> ByteBuffer {
        KeyedReplies.text(id: id) { write(reply, into: &$0) }
    }

    private func write(_ reply: ClientReply, into json: inout JSONWriter) {
        let key = Self.key
        switch reply {
        case .subscribed(let accepted, let rejected, let positions, let token):
            json.string(key, "subscribe")
            json.bool("success", !accepted.isEmpty)
            json.strings("args", accepted)
            let advice = rejected.isEmpty ? "" : ". \(rejected.count) rejected — see 'rejected' for details."
            json.string("message", "Subscribed to \(accepted.count) streams\(advice)")
            write(rejected, into: &json)
            json.object("resume") { resume in
                if let token { resume.string("token", token) }
                resume.positions(positions)
            }
        case .unsubscribed(let removed, _):
            json.string(key, "unsubscribe")
            json.bool("success", true)
            json.strings("args", removed)
            json.string("message", "Unsubscribed from \(removed.count) streams")
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
            object.string("arg", rejection.spelling)
            object.string("code", rejection.code)
            object.string("reason", rejection.reason)
        }
    }
}
