import NIOCore
import NIOHTTP1

/// A whole request, as whoever answers it is given it.
package struct HTTPRequest: Sendable, Equatable {
    package let head: HTTPRequestHead
    /// Empty where nobody wanted it.
    package let body: ByteBuffer
    /// What stands in the path for the names in braces of a page's path, decoded.
    package internal(set) var parameters: [String: String] = [:]

    package init(head: HTTPRequestHead, body: ByteBuffer = ByteBuffer()) {
        self.head = head
        self.body = body
    }

    package var method: HTTPMethod { head.method }
    package var headers: HTTPHeaders { head.headers }
    package var path: Substring { head.path }
    package var query: Substring? { head.query }
}

/// Told to whoever was to answer a request, as an inbound user event, when the time for it is over: it was answered without
/// them, and what they do for it is done for nobody.
package struct HTTPRequestAbandoned: Sendable {}

/// Told to the same, when the time is over and no whole request has come: the connection is closed unanswered.
package struct HTTPRequestOverdue: Sendable {}

extension HTTPRequestHead {
    /// The path without its query. A server must also take the absolute form (RFC 9112, 3.2.2): then what names the
    /// server is left out.
    package var path: Substring {
        let target = uri.prefix { $0 != "?" }
        guard !target.hasPrefix("/"), let authority = target.firstRange(of: "://")?.upperBound else { return target }
        let path = target[authority...].drop { $0 != "/" }
        return path.isEmpty ? "/" : path
    }

    /// What stands behind the question mark, as it came; nil where there is none.
    package var query: Substring? {
        uri.firstIndex(of: "?").map { uri[uri.index(after: $0)...] }
    }
}
