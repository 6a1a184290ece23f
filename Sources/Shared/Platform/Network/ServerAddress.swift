import NIOCore

/// Where a server is: `host[:port]`, as it stands in a URL of whatever scheme. Pure.
package struct ServerAddress: Sendable, Hashable {
    /// What is wrong, without the text: whatever is in a wrong place may be a part of a password. Words for a person are
    /// those of whoever takes the URL apart.
    package enum Fault: Error {
        /// Something else than a port stands behind the bracket.
        case behindBracket
        /// In brackets stands something else than an IPv6 address.
        case notIPv6
        /// An IPv6 address would stand in brackets, and nothing else has several colons.
        case bracketsMissing
        case host
        case port
    }

    /// Without the brackets of an IPv6 address.
    package let host: String
    /// Nil where none is given.
    package let port: Int?

    package init(_ text: Substring) throws(Fault) {
        let rest: Substring
        if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
            host = String(text[..<close].dropFirst())
            rest = text[close...].dropFirst()
            guard rest.isEmpty || rest.hasPrefix(":") else { throw .behindBracket }
            guard Self.socketAddress(host)?.protocol == .inet6 else { throw .notIPv6 }
        } else {
            let colon = text.firstIndex(of: ":") ?? text.endIndex
            host = String(text[..<colon])
            rest = text[colon...]
            guard !rest.dropFirst().contains(":") else { throw .bracketsMissing }
            guard !host.isEmpty, host.utf8.allSatisfy(Self.isName) else { throw .host }
        }
        port = rest.isEmpty ? nil : try Self.port(rest.dropFirst())
    }

    /// The host as it stands in a URL.
    package var hostText: String { host.contains(":") ? "[\(host)]" : host }

    /// TLS names a server by its host name only.
    package var isIPAddress: Bool { Self.socketAddress(host) != nil }

    private static func socketAddress(_ text: String) -> SocketAddress? { try? SocketAddress(ipAddress: text, port: 0) }

    private static func isName(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !"/?#@[]%".utf8.contains(byte)
    }

    private static func port(_ text: Substring) throws(Fault) -> Int {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(text), port > 0 else {
            throw .port
        }
        return Int(port)
    }
}
