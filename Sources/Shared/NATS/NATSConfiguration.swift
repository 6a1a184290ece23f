/// Where the NATS servers are, and who we are to them. Neither user nor password is ever in `description` or in an error.
package struct NATSConfiguration: Sendable, CustomStringConvertible {
    /// Each as cnats takes it: `nats://[user:password@]host:port`, or `tls://`.
    let servers: [String]
    package let credentialsFile: String?
    package let caFile: String?
    package let isSecure: Bool
    /// The servers without users and passwords.
    package let description: String

    /// Says what is wrong, and never quotes the text: whatever is in a wrong place may be a part of the password.
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        let reason: String
        package var description: String {
            "a NATS address \(reason); give one like nats://host:4222 or nats://user:password@one:4222,two:4222"
        }
    }

    /// - Parameter address: `nats://[user:password@]host[:port][,host[:port]...]`, or the same with `tls://`. The user of
    ///   the first host is that of those without one.
    package init(address: String, credentialsFile: String? = nil, caFile: String? = nil) throws(Malformed) {
        guard let scheme = ["nats://", "tls://"].first(where: address.hasPrefix) else {
            throw Malformed(reason: "begins with nats:// or tls://")
        }
        var servers: [String] = []
        var hosts: [String] = []
        var user = ""
        for part in address.dropFirst(scheme.count).split(separator: ",", omittingEmptySubsequences: false) {
            let bare = part.hasPrefix(scheme) ? part.dropFirst(scheme.count) : part
            let pieces = bare.split(separator: "@", omittingEmptySubsequences: false)
            guard let host = pieces.last, pieces.count <= 2 else {
                throw Malformed(reason: "has at most one @ for each host; in a password it is written %40")
            }
            if pieces.count == 2 { user = "\(pieces[0])@" }
            let named = try Self.withPort(host)
            servers.append("\(scheme)\(user)\(named)")
            hosts.append("\(scheme)\(named)")
        }
        self.servers = servers
        self.credentialsFile = credentialsFile
        self.caFile = caFile
        isSecure = scheme == "tls://"
        description = hosts.joined(separator: ",")
    }

    private static func withPort(_ host: Substring) throws(Malformed) -> String {
        let host = host.hasSuffix("/") ? host.dropLast() : host
        guard !host.isEmpty, !host.hasPrefix(":"), !host.contains(where: { $0 == "/" || $0 == "?" || $0.isWhitespace })
        else { throw Malformed(reason: "needs a host, and has no path") }
        // The colons of an IPv6 address are inside its brackets.
        let name = host.hasPrefix("[") ? host.drop { $0 != "]" }.dropFirst() : host.drop { $0 != ":" }
        guard !name.isEmpty else { return "\(host):4222" }
        guard name.first == ":", let port = UInt16(name.dropFirst()), port > 0 else {
            throw Malformed(reason: "has a port from 1 to 65535 behind the host")
        }
        return String(host)
    }
}
