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
        guard let login = ServerLogin(text) else {
            throw Malformed(reason: "has two hexadecimal digits after each % of user and password, and is UTF-8")
        }
        guard !login.name.isEmpty, login.password?.isEmpty != true else {
            throw Malformed(reason: "has user:password or a token before the @, or no @")
        }
        return login.password.map { .user(login.name, password: $0) } ?? .token(login.name)
    }

    private static func withPort(_ text: Substring) throws(Malformed) -> String {
        let text = text.hasSuffix("/") ? text.dropLast() : text
        do {
            let address = try ServerAddress(text)
            return "\(address.hostText):\(address.port ?? 4222)"
        } catch {
            switch error {
            case .notIPv6: throw Malformed(reason: "has an IPv6 address in the brackets")
            case .bracketsMissing where !text.hasPrefix(":"), .behindBracket, .port:
                throw Malformed(reason: "has a port from 1 to 65535 behind the host, and no path")
            case .bracketsMissing, .host: throw Malformed(reason: "has a host name, and no path")
            }
        }
    }
}
