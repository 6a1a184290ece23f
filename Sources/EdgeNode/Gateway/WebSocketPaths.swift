import NIOHTTP1
import Platform

/// Which paths take WebSocket clients. The query string plays no part.
struct WebSocketPaths: Sendable {
    struct Endpoint: Equatable {
        var isEcho = false
        /// The dialect of the greeting on connecting; nil where a client is not greeted before it speaks.
        var greeting: Dialect?
    }

    /// The diagnostic echo's path; nil where it is off.
    var echo: String?

    /// Nil where the request is one for a plain page, or for nothing.
    ///
    /// The guide's clients know no path: an upgrade of `/` is theirs, and they are welcomed at once.
    func endpoint(for head: HTTPRequestHead) -> Endpoint? {
        switch head.path {
        case "/ws": Endpoint()
        case "/" where WebSocketHandshake.isUpgrade(head): Endpoint(greeting: .type)
        case let path where echo.map { $0 == path } ?? false: Endpoint(isEcho: true)
        default: nil
        }
    }
}
