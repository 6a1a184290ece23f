/// Why a WebSocket connection could not be opened.
package enum WebSocketClientError: Error, CustomStringConvertible {
    /// The server answered with HTTP instead of an upgrade.
    case refused(url: String, status: UInt, body: String)

    package var description: String {
        switch self {
        case .refused(let url, let status, let body):
            "\(url) answered HTTP \(status) instead of opening a WebSocket\(body.isEmpty ? "" : ": \(body)")"
        }
    }
}
