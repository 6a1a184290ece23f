import Core
import NIOHTTP1
import Platform

/// Which paths take WebSocket clients. The query string plays no part.
struct WebSocketPaths: Sendable {
    struct Endpoint: Equatable {
        var isEcho = false
        /// The dialect whose path it is: that of the greeting on connecting; nil where any may be spoken.
        var greeting: DialectID?
    }

    let dialects: DialectRegistry
    /// The diagnostic echo's path; nil where it is off.
    var echo: String?

    /// Nil where the request is one for a plain page, or for nothing.
    ///
    /// A dialect's own path is its own for upgrades only: there may be a page beside it.
    func endpoint(for head: HTTPRequestHead) -> Endpoint? {
        let path = head.path
        if path == "/ws" || Self.key(in: path) != nil { return Endpoint() }
        if WebSocketHandshake.isUpgrade(head), let dialect = dialects.dialect(atPath: path) {
            return Endpoint(greeting: dialect)
        }
        return echo.map { $0 == path } ?? false ? Endpoint(isEcho: true) : nil
    }

    /// The API key of a path `/ws/KEY`, as it stands there; nil for another path.
    static func key(in path: Substring) -> Substring? {
        let prefix = "/ws/"
        guard path.hasPrefix(prefix) else { return nil }
        let key = path.dropFirst(prefix.count)
        return key.isEmpty || key.contains("/") ? nil : key
    }
}
