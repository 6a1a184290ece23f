/// The server part of an `http://` or `https://` address.
package struct HTTPHost: Sendable, Hashable, CustomStringConvertible {
    package let isSecure: Bool
    package let name: String
    package let port: Int
    /// What the `Host` header says.
    package let header: String
    package let isIPAddress: Bool

    package struct Malformed: Error, CustomStringConvertible {
        let text: String
        package var description: String {
            "\"\(text)\" is not the address of an HTTP server; give one like https://api.bybit.com or http://127.0.0.1:9443"
        }
    }

    /// Throws also for an address with a path, which is the asker's to add.
    package init(_ text: String) throws(Malformed) {
        let schemes = [("http://", "ws://"), ("https://", "wss://")]
        guard let (scheme, socket) = schemes.first(where: { text.hasPrefix($0.0) }),
            let url = try? WebSocketURL(socket + text.dropFirst(scheme.count)), url.target == "/"
        else { throw Malformed(text: text) }
        self.init(serverOf: url)
    }

    /// The server that a WebSocket address leads to.
    package init(serverOf url: WebSocketURL) {
        isSecure = url.isSecure
        name = url.host
        port = url.port
        header = url.hostHeader
        isIPAddress = url.isIPAddress
    }

    package var description: String { (isSecure ? "https://" : "http://") + header }
}
