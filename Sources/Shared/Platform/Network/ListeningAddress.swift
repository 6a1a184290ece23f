import NIOCore

/// Where a server listens, as it would stand in a URL: `127.0.0.1:8080`, `[::1]:8080`.
package enum ListeningAddress {
    /// The path for a socket of the file system; `?` where nothing is known.
    package static func words(_ address: SocketAddress?) -> String {
        guard let address else { return "?" }
        guard let host = address.ipAddress, let port = address.port else { return address.pathname ?? "?" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
