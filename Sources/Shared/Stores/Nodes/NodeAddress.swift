/// Where others reach a port of this process, to be announced. Pure.
package enum NodeAddress {
    private static let everywhere: Set<String> = ["0.0.0.0", "::", "*", ""]

    /// Nil while there is no port.
    ///
    /// - Parameters:
    ///   - host: What the port is bound to. Where that is every address of the machine, its name is told.
    ///   - name: Of the machine.
    package static func text(host: String, port: Int?, name: String, isSecure: Bool = false) -> String? {
        guard let port, port > 0 else { return nil }
        let host = everywhere.contains(host) ? name : host
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(bracketed):\(port)"
    }
}
