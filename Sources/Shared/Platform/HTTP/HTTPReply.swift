import NIOCore
import NIOHTTP1

/// A whole HTTP answer with a JSON body.
package struct HTTPReply: Sendable, Equatable {
    package var status: HTTPResponseStatus
    package var body: ByteBuffer
    package var headers: [(String, String)]

    package init(_ status: HTTPResponseStatus, body: ByteBuffer, headers: [(String, String)] = []) {
        self.status = status
        self.body = body
        self.headers = headers
    }

    package init(_ status: HTTPResponseStatus, json: String, headers: [(String, String)] = []) {
        self.init(status, body: ByteBuffer(string: json), headers: headers)
    }

    package static let notFound = HTTPReply(.notFound, json: #"{"error":"Not found"}"#)
    package static let methodNotAllowed = HTTPReply(
        .methodNotAllowed,
        json: #"{"error":"Method not allowed"}"#,
        headers: [("Allow", "GET, HEAD")]
    )
    static let contentTooLarge = HTTPReply(
        .payloadTooLarge,
        json: #"{"error":"Content too large","reason":"at most \#(HTTPExchange.maximumBodyBytes) bytes"}"#
    )

    /// What a request is refused with that the decoder does not take.
    init(refusing error: HTTPParserError) {
        self =
            switch error {
            case .headerOverflow:
                HTTPReply(
                    .requestHeaderFieldsTooLarge,
                    json: #"{"error":"Request header fields too large","reason":"\#(HTTPServerPipeline.bound)"}"#
                )
            default: HTTPReply(.badRequest, json: #"{"error":"Malformed HTTP request"}"#)
            }
    }

    /// The answer to a request for a page that `route` gives for its path.
    package init(to head: HTTPRequestHead, from route: (Substring) -> HTTPReply?) {
        let isRead = head.method == .GET || head.method == .HEAD
        self = isRead ? route(head.path) ?? .notFound : .methodNotAllowed
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.status == right.status && left.body == right.body
            && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }
}

extension HTTPRequestHead {
    /// The path without its query. A server must also take the absolute form (RFC 9112, 3.2.2): then what names the
    /// server is left out.
    package var path: Substring {
        let target = uri.prefix { $0 != "?" }
        guard !target.hasPrefix("/"), let authority = target.firstRange(of: "://")?.upperBound else { return target }
        let path = target[authority...].drop { $0 != "/" }
        return path.isEmpty ? "/" : path
    }
}
