/// An `http://` or `https://` address with its path, taken apart. A value.
package struct HTTPAddress: Sendable, Hashable, CustomStringConvertible {
    package let host: HTTPHost
    /// Path and query.
    package let target: String
    package let description: String

    package struct Malformed: Error, CustomStringConvertible {
        let text: String
        package var description: String {
            "\(quotedForMessage(text)) is not an address; give one like https://auth.example.com/check"
        }
    }

    package init(_ text: String) throws(Malformed) {
        let schemes = [("https://", "wss://"), ("http://", "ws://")]
        guard let (scheme, socket) = schemes.first(where: { text.hasPrefix($0.0) }),
            let url = try? WebSocketURL(socket + text.dropFirst(scheme.count))
        else { throw Malformed(text: text) }
        host = HTTPHost(serverOf: url)
        target = url.target
        description = text
    }
}
