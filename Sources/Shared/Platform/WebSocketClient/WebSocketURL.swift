import NIOCore

/// A `ws://` or `wss://` address, taken apart.
package struct WebSocketURL: Sendable, Hashable, CustomStringConvertible {
    package let isSecure: Bool
    package let host: String
    package let port: Int
    /// Path and query, beginning with '/'.
    package let target: String
    package let description: String

    package struct Malformed: Error, CustomStringConvertible {
        let text: String
        package var description: String {
            "\"\(text)\" is not a WebSocket address; give one like ws://127.0.0.1:8000/ws or wss://host/path"
        }
    }

    package init(_ text: String) throws(Malformed) {
        let rest: Substring
        if text.hasPrefix("ws://") {
            (isSecure, rest) = (false, text.dropFirst(5))
        } else if text.hasPrefix("wss://") {
            (isSecure, rest) = (true, text.dropFirst(6))
        } else {
            throw Malformed(text: text)
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let tail = rest[authority.endIndex...].prefix { $0 != "#" }
        target = tail.isEmpty ? "/" : tail.hasPrefix("/") ? String(tail) : "/" + tail
        guard target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw Malformed(text: text) }
        var hostText = authority
        var portText: Substring?
        if authority.hasPrefix("["), let close = authority.firstIndex(of: "]") {
            hostText = authority[authority.index(after: authority.startIndex)..<close]
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw Malformed(text: text) }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = authority.lastIndex(of: ":") {
            hostText = authority[..<colon]
            portText = authority[authority.index(after: colon)...]
        }
        // A colon belongs to an IPv6 address, which stands in brackets.
        let isBracketed = hostText.startIndex != authority.startIndex
        guard !hostText.isEmpty, isBracketed || !hostText.contains(":"),
            hostText.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !hostText.contains(where: { "@[]".contains($0) })
        else { throw Malformed(text: text) }
        if let portText {
            guard let number = Int(portText), (1...65535).contains(number) else { throw Malformed(text: text) }
            port = number
        } else {
            port = isSecure ? 443 : 80
        }
        host = String(hostText)
        description = text
    }

    /// What the `Host` header says.
    var hostHeader: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// TLS names a server by its host name only.
    var isIPAddress: Bool { (try? SocketAddress(ipAddress: host, port: port)) != nil }
}
