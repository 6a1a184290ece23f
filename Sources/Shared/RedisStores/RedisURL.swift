import NIOCore
import Platform

/// The address of a Redis server: `redis[s]://[[user]:password@]host[:port][/database]`. User and password may be
/// percent-encoded. Neither is ever in `description` or in an error.
package struct RedisURL: Sendable, Hashable, CustomStringConvertible {
    package let isSecure: Bool
    package let user: String?
    package let password: String?
    /// Without the brackets of an IPv6 address.
    package let host: String
    package let port: Int
    package let database: Int

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
        (host, port) = try Self.address(address)
    }

    package var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(isSecure ? "rediss" : "redis")://\(name):\(port)" + (database == 0 ? "" : "/\(database)")
    }

    /// TLS names a server by its host name only.
    var isIPAddress: Bool { (try? SocketAddress(ipAddress: host, port: port)) != nil }

    private static func database(_ text: Substring) throws(Malformed) -> Int {
        if text.isEmpty { return 0 }
        guard let number = Int(text), number >= 0, text.allSatisfy(\.isNumber) else {
            throw Malformed(reason: "has a number after the last /: the database; in a password / is written %2F")
        }
        return number
    }

    private static func credentials(_ text: Substring) throws(Malformed) -> (user: String?, password: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw Malformed(reason: "has user:password or :password before the @") }
        guard let user = String(percentEncoded: parts[0]), let password = String(percentEncoded: parts[1]) else {
            throw Malformed(reason: "has two hexadecimal digits after each % of user and password, and is UTF-8")
        }
        guard !password.isEmpty else { throw Malformed(reason: "has a password before the @, or no @") }
        return (user.isEmpty ? nil : user, password)
    }

    private static func address(_ text: Substring) throws(Malformed) -> (host: String, port: Int) {
        var host = text
        var port: Substring?
        if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<close]
            let after = text[text.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw Malformed(reason: "has :port after the ]") }
            guard (try? SocketAddress(ipAddress: String(host), port: 0))?.protocol == .inet6 else {
                throw Malformed(reason: "has an IPv6 address in the brackets")
            }
            port = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            guard !host.contains(":") else { throw Malformed(reason: "has brackets around an IPv6 address") }
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            !host.contains(where: { "[]%".contains($0) })
        else { throw Malformed(reason: "has a host name") }
        guard let port else { return (String(host), 6379) }
        guard let number = Int(port), (1...65535).contains(number), port.allSatisfy(\.isNumber) else {
            throw Malformed(reason: "has a port from 1 to 65535")
        }
        return (String(host), number)
    }
}
