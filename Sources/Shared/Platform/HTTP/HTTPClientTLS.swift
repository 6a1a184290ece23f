import NIOSSL
import Synchronization

/// What a client needs for TLS: made when it is first needed, and kept, since reading all authorities of the machine takes
/// milliseconds. Any thread.
final class HTTPClientTLS: Sendable {
    private let trustRoots: NIOSSLTrustRoots
    private let made = Mutex<NIOSSLContext?>(nil)

    init(_ trustRoots: NIOSSLTrustRoots) { self.trustRoots = trustRoots }

    var context: NIOSSLContext {
        get throws {
            try made.withLock { made in
                if let made { return made }
                var configuration = TLSConfiguration.makeClientConfiguration()
                configuration.trustRoots = trustRoots
                let context = try NIOSSLContext(configuration: configuration)
                made = context
                return context
            }
        }
    }
}
