import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Why a WebSocket connection could not be opened: the address, what went wrong, and what would be right.
package enum WebSocketClientError: Error, CustomStringConvertible {
    /// The server answered with HTTP instead of an upgrade.
    case refused(url: String, status: UInt, body: String)
    /// Nothing answered, or what answered went away.
    case unreachable(url: String, reason: String)
    /// The server's certificate is not one that this machine trusts for that name.
    case untrusted(url: String)

    /// In words that a person can act on, what NIO tells in its own.
    init(_ error: any Error, url: WebSocketURL) {
        let words = "\(error)"
        switch error {
        case let error as Self: self = error
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            self =
                words.contains("CERTIFICATE_VERIFY_FAILED") || error is NIOSSLExtraError
                ? .untrusted(url: url.description) : .unreachable(url: url.description, reason: "no TLS: \(words)")
        case let error as NIOConnectionError:
            let first = error.connectionErrors.first?.error
            let lookup = (error.dnsAError ?? error.dnsAAAAError).map { _ in "the name \(error.host) is not known" }
            self = .unreachable(url: url.description, reason: first.map(Self.reason) ?? lookup ?? words)
        default: self = .unreachable(url: url.description, reason: Self.reason(error))
        }
    }

    package var description: String {
        switch self {
        case .refused(let url, let status, let body):
            "\(url) answered HTTP \(status) instead of opening a WebSocket\(body.isEmpty ? "" : ": \(body)")"
        case .unreachable(let url, let reason):
            "can't connect to \(url): \(reason)"
        case .untrusted(let url):
            "can't connect to \(url): its certificate is not trusted here; add its authority to /etc/ssl/certs"
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout(let time): "no answer within \(time.nanoseconds / 1_000_000_000) s"
        case ChannelError.eof, ChannelError.ioOnClosedChannel, ChannelError.inputClosed:
            "the server closed the connection before it was open"
        default: "\(error)"
        }
    }
}
