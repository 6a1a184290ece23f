import NIOCore
import Platform

/// Where a server is: `ws://host:port/path`, `nats://host:port`, `redis://host:port`, `http://host:port/path`.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    package let scheme: String
    package let port: Int
    /// With the slash that it begins with; may hold `{stream}`.
    package let path: String
    private let address: ServerAddress

    package init(_ text: String, schemes: [String], defaultPort: Int? = nil) throws(LoadFailure) {
        let malformed = LoadFailure(
            "'\(text)' is no address: expected \(schemes.map { "\($0)://host:port" }.joined(separator: " or "))"
        )
        guard let separator = text.firstRange(of: "://") else { throw malformed }
        let scheme = String(text[..<separator.lowerBound])
        guard schemes.contains(scheme) else { throw malformed }
        let rest = text[separator.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let address = try? ServerAddress(rest[..<slash]), let port = address.port ?? defaultPort else {
            throw malformed
        }
        self.scheme = scheme
        self.address = address
        self.port = port
        self.path = slash == rest.endIndex ? "/" : String(rest[slash...])
    }

    /// Without the brackets of an IPv6 address.
    package var host: String { address.host }

    package var description: String { "\(scheme)://\(address.hostText):\(port)\(path == "/" ? "" : path)" }

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
