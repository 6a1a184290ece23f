import Core
import NIOCore
import Platform

/// What the auth service has answered. Pure.
///
/// Status 200 says who it is:
/// ```json
/// {"user":"alice","roles":["trader"],"streams":["orders.$sub"],"pairs":["BTCUSDT"],
///  "limits":{"subscriptions":50,"messageRate":20,"connections":3},"issued":1704063600000,"expires":1704067200000}
/// ```
/// `user` is needed; times are milliseconds since 1970; what is left out narrows nothing, and keys that are not known are passed
/// over. 400, 401, 403 and 422 say that the credential is not good, with a `reason` for the client if they like. Everything else is a
/// service that is out of order: that says nothing of the credential, and lets nobody in.
enum ServiceAnswer {
    case principal(Principal)
    case refused(reason: String)
    /// `words` are for the log.
    case outOfOrder(words: String, retryAfter: Duration?)

    /// A reason of the service goes to the client up to so many characters.
    private static let longestReason = 200

    /// - Parameter digest: Of the credential, by which a principal is known.
    init(_ answer: HTTPGet.Answer, to digest: String) {
        switch answer.status {
        case 200:
            do {
                self = .principal(
                    try answer.body.readJSON { cursor throws(JSONError) in
                        try ServiceFields.read(&cursor).principal(digest)
                    }
                )
            } catch {
                self = .outOfOrder(words: "its answer can't be read: \(error)", retryAfter: nil)
            }
        // 400 and 422: what was shown is no credential at all.
        case 400, 401, 403, 422: self = .refused(reason: Self.reason(in: answer.body))
        case let status: self = .outOfOrder(words: "it answers with HTTP \(status)", retryAfter: answer.retryAfter)
        }
    }

    private static func reason(in body: ByteBuffer) -> String {
        var reason: String?
        try? body.readJSON { cursor throws(JSONError) in
            try cursor.object { key, cursor throws(JSONError) in
                if key.equals("reason"), try cursor.peek() == .string {
                    reason = try cursor.string().decoded
                } else {
                    try cursor.skip()
                }
            }
        }
        let plain = reason?.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(longestReason)
        let text = plain.map { String(String.UnicodeScalarView($0)) } ?? ""
        return text.isEmpty ? "the credential is not good" : text
    }
}
