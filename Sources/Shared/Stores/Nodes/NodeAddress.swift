import Platform

/// Where others reach a port of this process, to be announced. Pure.
package enum NodeAddress {
    private static let everywhere: Set<String> = ["0.0.0.0", "::", "*", ""]

    /// Nil while there is no port.
    ///
    /// - Parameters:
    ///   - host: What the port is bound to, and told: one that only this machine reaches as well (`isLocal`). Where it is every address
    ///     of the machine, its name is told.
    ///   - name: Of the machine.
    package static func text(host: String, port: Int?, name: String, isSecure: Bool = false) -> String? {
        guard let port, port > 0 else { return nil }
        let host = everywhere.contains(host) ? name : host
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(bracketed):\(port)"
    }

    /// Whether whoever asks there asks the machine that it runs on itself.
    ///
    /// - Parameter host: A name or an address, without a port.
    package static func isLocal(_ host: String) -> Bool {
        let host = host.lowercased()
        guard let address = IPAddress(host) else { return host == "localhost" || host.hasSuffix(".localhost") }
        return switch address {
        case .v4(let bits): bits >> 24 == 127 || bits == 0
        case .v6(let bits): bits <= 1
        }
    }
}
