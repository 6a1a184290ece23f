import NIOCore
import Platform

/// Where the NATS servers are, and who we are to them. Neither user nor password is ever in `description` or in an error.
package struct NATSConfiguration: Sendable, CustomStringConvertible {
    enum Login: Sendable, Hashable {
        case none
        case token(String)
        case user(String, password: String)
    }

    /// Each as cnats takes it: `nats://host:port`, or `tls://`.
    let servers: [String]
    /// The same at all servers, also those that they tell us of.
    let login: Login
    package let credentialsFile: String?
    package let caFile: String?
    package let isSecure: Bool

    package var description: String { servers.joined(separator: ",") }

    /// Says what is wrong, and never quotes the text: whatever is in a wrong place may be a part of the password.
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        let reason: String
        package var description: String {
            "a NATS address \(reason); give one like nats://host:4222 or nats://user:password@one:4222,two:4222"
        }
    }

    /// - Parameter address: `nats://[user:password@]host[:port][,host[:port]...]`, or the same with `tls://`; `token@` in
    ///   place of a user. They may be percent-encoded.
    package init(address: String, credentialsFile: String? = nil, caFile: String? = nil) throws(Malformed) {
        guard let scheme = ["nats://", "tls://"].first(where: address.hasPrefix) else {
            throw Malformed(reason: "begins with nats:// or tls://")
        }
        var servers: [String] = []
        var login = Login.none
        for part in address.dropFirst(scheme.count).split(separator: ",", omittingEmptySubsequences: false) {
            let bare = part.hasPrefix(scheme) ? part.dropFirst(scheme.count) : part
            let pieces = bare.split(separator: "@", omittingEmptySubsequences: false)
            guard let host = pieces.last, pieces.count <= 2 else {
                throw Malformed(reason: "has at most one @ for each host; in a password it is written %40")
            }
            if pieces.count == 2 {
                let own = try Self.login(pieces[0])
                guard login == .none || login == own else {
                    throw Malformed(reason: "has one user and password for all hosts")
                }
                login = own
            }
            servers.append("\(scheme)\(try Self.withPort(host))")
        }
        self.servers = servers
        self.login = login
        self.credentialsFile = credentialsFile
        self.caFile = caFile
        isSecure = scheme == "tls://"
    }

    private static func login(_ text: Substring) throws(Malformed) -> Login {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let decoded = parts.compactMap { String(percentEncoded: $0) }
        guard decoded.count == parts.count else {
            throw Malformed(reason: "has two hexadecimal digits after each % of user and password, and is UTF-8")
        }
        guard decoded.allSatisfy({ !$0.isEmpty }) else {
            throw Malformed(reason: "has user:password or a token before the @, or no @")
        }
        return decoded.count == 1 ? .token(decoded[0]) : .user(decoded[0], password: decoded[1])
    }

    private static func withPort(_ text: Substring) throws(Malformed) -> String {
        let text = text.hasSuffix("/") ? text.dropLast() : text
        let host: Substring
        if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
            host = text[...close]
            guard (try? SocketAddress(ipAddress: String(host.dropFirst().dropLast()), port: 0))?.protocol == .inet6
            else {
                throw Malformed(reason: "has an IPv6 address in the brackets")
            }
        } else {
            host = text.prefix { $0 != ":" }
            guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
                !host.contains(where: { "/?#[]%".contains($0) })
            else { throw Malformed(reason: "has a host name, and no path") }
        }
        let rest = text[host.endIndex...]
        guard !rest.isEmpty else { return "\(host):4222" }
        guard rest.first == ":", rest.dropFirst().allSatisfy(\.isNumber), let port = UInt16(rest.dropFirst()), port > 0
        else { throw Malformed(reason: "has a port from 1 to 65535 behind the host, and no path") }
        return "\(host):\(port)"
    }
}
