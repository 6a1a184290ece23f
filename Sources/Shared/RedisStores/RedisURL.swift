import Platform

/// The address of a Redis server: `redis[s]://[[user]:password@]host[:port][/database]`. User and password may be
/// percent-encoded. Neither is ever in `description` or in an error.
package struct RedisURL: Sendable, Hashable, CustomStringConvertible {
    package let isSecure: Bool
    package let user: String?
    package let password: String?
    package let port: Int
    package let database: Int
    private let address: ServerAddress

    /// Says what is wrong, and never quotes the text: whatever is in a wrong place may be a part of the password.
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        let reason: String
        package var description: String {
            "a Redis address \(reason); give one like redis://host:6379/0 or rediss://user:password@host:6379"
        }
    }

    package init(_ text: String) throws(Malformed) {
        let rest: Substring
        if text.hasPrefix("redis://") {
            (isSecure, rest) = (false, text.dropFirst(8))
        } else if text.hasPrefix("rediss://") {
            (isSecure, rest) = (true, text.dropFirst(9))
        } else {
            throw Malformed(reason: "begins with redis:// or rediss://")
        }
        guard !rest.contains(where: { "?#".contains($0) }) else {
            throw Malformed(reason: "has no ? or #; in a password they are written %3F and %23")
        }
        let authority = rest.prefix { $0 != "/" }
        database = try Self.database(rest[authority.endIndex...].dropFirst())
        let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
        guard let address = parts.last, parts.count <= 2 else {
            throw Malformed(reason: "has at most one @; in a password it is written %40")
        }
        (user, password) = parts.count == 2 ? try Self.credentials(parts[0]) : (nil, nil)
        self.address = try Self.address(address)
        port = self.address.port ?? 6379
    }

    /// Without the brackets of an IPv6 address.
    package var host: String { address.host }

    package var description: String {
        "\(isSecure ? "rediss" : "redis")://\(address.hostText):\(port)" + (database == 0 ? "" : "/\(database)")
    }

    /// TLS names a server by its host name only.
    var isIPAddress: Bool { address.isIPAddress }

    private static func database(_ text: Substring) throws(Malformed) -> Int {
        if text.isEmpty { return 0 }
        guard let number = Int(text), number >= 0, text.allSatisfy(\.isNumber) else {
            throw Malformed(reason: "has a number after the last /: the database; in a password / is written %2F")
        }
        return number
    }

    private static func credentials(_ text: Substring) throws(Malformed) -> (user: String?, password: String) {
        guard text.contains(":") else { throw Malformed(reason: "has user:password or :password before the @") }
        guard let login = ServerLogin(text) else {
            throw Malformed(reason: "has two hexadecimal digits after each % of user and password, and is UTF-8")
        }
        guard let password = login.password, !password.isEmpty else {
            throw Malformed(reason: "has a password before the @, or no @")
        }
        return (login.name.isEmpty ? nil : login.name, password)
    }

    private static func address(_ text: Substring) throws(Malformed) -> ServerAddress {
        do {
            return try ServerAddress(text)
        } catch {
            switch error {
            case .behindBracket: throw Malformed(reason: "has :port after the ]")
            case .notIPv6: throw Malformed(reason: "has an IPv6 address in the brackets")
            case .bracketsMissing: throw Malformed(reason: "has brackets around an IPv6 address")
            case .host: throw Malformed(reason: "has a host name")
            case .port: throw Malformed(reason: "has a port from 1 to 65535")
            }
        }
    }
}
