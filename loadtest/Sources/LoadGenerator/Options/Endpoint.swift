import NIOCore

/// Where a server is: `ws://host:port/path`, `nats://host:port`, `redis://host:port`, `http://host:port/path`.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    package let scheme: String
    package let host: String
    package let port: Int
    /// With the slash that it begins with; may hold `{stream}`.
    package let path: String

    package init(_ text: String, schemes: [String], defaultPort: Int? = nil) throws(LoadFailure) {
        let malformed = LoadFailure(
            "'\(text)' is no address: expected \(schemes.map { "\($0)://host:port" }.joined(separator: " or "))"
        )
        guard let separator = text.firstRange(of: "://") else { throw malformed }
        let scheme = String(text[..<separator.lowerBound])
        guard schemes.contains(scheme) else { throw malformed }
        let rest = text[separator.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash].split(separator: ":", omittingEmptySubsequences: false)
        guard let host = authority.first, !host.isEmpty, authority.count <= 2 else { throw malformed }
        let port = authority.count == 2 ? Int(authority[1]) : defaultPort
        guard let port, (1...65_535).contains(port) else { throw malformed }
        self.scheme = scheme
        self.host = String(host)
        self.port = port
        self.path = slash == rest.endIndex ? "/" : String(rest[slash...])
    }

    package var description: String { "\(scheme)://\(host):\(port)\(path == "/" ? "" : path)" }

    func path(of stream: String) -> String { path.replacing("{stream}", with: stream) }

    /// Asks the resolver: not on an event loop.
    func resolve() throws(LoadFailure) -> SocketAddress {
        do {
            return try SocketAddress.makeAddressResolvingHost(host, port: port)
        } catch {
            throw LoadFailure("\(self): the host '\(host)' can't be resolved")
        }
    }
}
