import Platform

/// An `https://` or `http://` address of keys, taken apart. A value.
struct KeyAddress: Sendable, Hashable, CustomStringConvertible {
    let host: HTTPHost
    /// Path and query.
    let target: String
    let description: String

    struct Malformed: Error, CustomStringConvertible {
        let description = "it is not the address of a page; give one like https://login.example.com/keys.json"
    }

    init(_ text: String) throws(Malformed) {
        let schemes = [("https://", "wss://"), ("http://", "ws://")]
        guard let (scheme, socket) = schemes.first(where: { text.hasPrefix($0.0) }),
            let url = try? WebSocketURL(socket + text.dropFirst(scheme.count))
        else { throw Malformed() }
        host = HTTPHost(serverOf: url)
        target = url.target
        description = text
    }
}
