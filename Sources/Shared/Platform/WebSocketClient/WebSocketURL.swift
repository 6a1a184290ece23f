/// A `ws://` or `wss://` address, taken apart.
package struct WebSocketURL: Sendable, Hashable, CustomStringConvertible {
    package let isSecure: Bool
    package let port: Int
    /// Path and query, beginning with '/'.
    package let target: String
    /// As it was given, with all that stands in it.
    package let description: String
    private let address: ServerAddress

    package struct Malformed: Error, CustomStringConvertible {
        let text: String
        package var description: String {
            "\"\(AddressText.withoutCredentials(text))\" is not a WebSocket address; give one like ws://127.0.0.1:8000/ws or wss://host/path"
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
        guard let address = try? ServerAddress(authority) else { throw Malformed(text: text) }
        self.address = address
        port = address.port ?? (isSecure ? 443 : 80)
        description = text
    }

    package var host: String { address.host }

    /// For people and logs.
    var shown: String { AddressText.withoutCredentials(description) }

    /// What the `Host` header says.
    var hostHeader: String {
        port == (isSecure ? 443 : 80) ? address.hostText : "\(address.hostText):\(port)"
    }

    /// TLS names a server by its host name only.
    var isIPAddress: Bool { address.isIPAddress }
}
