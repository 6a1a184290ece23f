import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// What NIO's errors mean, in words for a person.
package enum NetworkFailure {
    package static func words(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first?.error { return words(first) }
            return (error.dnsAError ?? error.dnsAAAAError).map { _ in "the name \(error.host) is not known" }
                ?? "\(error)"
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout(let time): return "no answer within \(time.nanoseconds / 1_000_000_000) s"
        case ChannelError.eof, ChannelError.ioOnClosedChannel, ChannelError.inputClosed:
            return "the server closed the connection before it was open"
        case NIOSSLError.uncleanShutdown: return "the server broke the connection off"
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            return isUntrusted(error) ? "its certificate is not trusted here" : "no TLS: \(error)"
        default: return "\(error)"
        }
    }

    /// True where TLS failed over the certificate: nobody vouches for it, or it is for another name.
    package static func isUntrusted(_ error: any Error) -> Bool {
        error is NIOSSLExtraError || "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
    }
}
