import Core
import NIOCore
import NIOHTTP1

/// A whole HTTP answer. An error where it says why something is refused.
///
/// Headers are written as they stand: they must come from us, or have been checked.
package struct HTTPReply: Sendable, Equatable, Error {
    package var status: HTTPResponseStatus
    package var type: HTTPContentType
    package var body: ByteBuffer
    package var headers: [(String, String)]
    /// What a log may say of it, which is not sent: words of our own, never of who asked or of somebody who was asked.
    package var remark: String?

    package init(
        _ status: HTTPResponseStatus,
        body: ByteBuffer,
        type: HTTPContentType = .json,
        headers: [(String, String)] = []
    ) {
        self.status = status
        self.type = type
        self.body = body
        self.headers = headers
    }

    package init(_ status: HTTPResponseStatus, json: String, headers: [(String, String)] = []) {
        self.init(status, body: ByteBuffer(string: json), headers: headers)
    }

    package init(_ status: HTTPResponseStatus, text: String, headers: [(String, String)] = []) {
        self.init(status, body: ByteBuffer(string: text), type: .text, headers: headers)
    }

    /// What is wrong, and where there is more to say what would be right.
    package init(
        _ status: HTTPResponseStatus,
        error: String,
        reason: String? = nil,
        headers: [(String, String)] = []
    ) {
        let body = JSONWriter.object { json in
            json.string("error", error)
            if let reason { json.string("reason", reason) }
        }
        self.init(status, body: body, headers: headers)
    }

    /// RFC 9110, 8.6 and 15: neither a length nor a body.
    var hasContent: Bool { status.code >= 200 && status != .noContent && status != .notModified }

    package static func == (left: Self, right: Self) -> Bool {
        left.status == right.status && left.type == right.type && left.body == right.body
            && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }
}
