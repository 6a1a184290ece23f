import NIOSSL

/// Why a WebSocket connection could not be opened: the address without credentials, what went wrong, and what would be right.
package enum WebSocketClientError: Error, CustomStringConvertible {
    /// The server answered with HTTP instead of an upgrade, and perhaps said how long to stay away.
    case refused(url: String, status: UInt, body: String, retryAfter: Duration? = nil)
    /// Nothing answered, or what answered went away.
    case unreachable(url: String, reason: String)
    /// The server's certificate is not one that this machine trusts for that name.
    case untrusted(url: String)

    /// In words that a person can act on, what NIO tells in its own.
    init(_ error: any Error, url: WebSocketURL) {
        switch error {
        case let error as Self: self = error
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            self =
                NetworkFailure.isUntrusted(error)
                ? .untrusted(url: url.shown)
                : .unreachable(url: url.shown, reason: NetworkFailure.words(error))
        default: self = .unreachable(url: url.shown, reason: NetworkFailure.words(error))
        }
    }

    /// How long the server asks to stay away, bounded by `RetryAfter.maximum`.
    package var retryAfter: Duration? {
        if case .refused(_, _, _, let wait) = self { wait } else { nil }
    }

    /// The server has said that the same request can't do better later.
    package var isFinal: Bool {
        if case .refused(_, let status, _, _) = self { ComingBack.isPointless(afterStatus: status) } else { false }
    }

    package var description: String {
        switch self {
        case .refused(let url, let status, let body, _):
            "\(url) answered HTTP \(status) instead of opening a WebSocket\(body.isEmpty ? "" : ": \(body)")"
        case .unreachable(let url, let reason):
            "can't connect to \(url): \(reason)"
        case .untrusted(let url):
            "can't connect to \(url): its certificate is not trusted here; add its authority to /etc/ssl/certs"
        }
    }
}
