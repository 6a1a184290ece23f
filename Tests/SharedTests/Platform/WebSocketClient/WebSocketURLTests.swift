import Testing

@testable import Platform

@Suite("A WebSocket address is taken apart, and a bad one is refused")
struct WebSocketURLTests {
    @Test(arguments: [
        ("ws://127.0.0.1:8000/ws", false, "127.0.0.1", 8000, "/ws", "127.0.0.1:8000", true),
        (
            "wss://stream.bybit.com/v5/public/linear", true, "stream.bybit.com", 443, "/v5/public/linear",
            "stream.bybit.com", false
        ),
        ("ws://host", false, "host", 80, "/", "host", false), ("ws://host:80", false, "host", 80, "/", "host", false),
        ("wss://host:80/", true, "host", 80, "/", "host:80", false),
        ("ws://host?a=b/c", false, "host", 80, "/?a=b/c", "host", false),
        ("ws://host/p?a=b#c", false, "host", 80, "/p?a=b", "host", false),
        ("ws://host#c", false, "host", 80, "/", "host", false),
        ("ws://[::1]:9000/ws", false, "::1", 9000, "/ws", "[::1]:9000", true),
        ("wss://[::1]", true, "::1", 443, "/", "[::1]", true),
    ])
    func good(
        _ text: String,
        secure: Bool,
        host: String,
        port: Int,
        target: String,
        header: String,
        isIPAddress: Bool
    ) throws {
        let url = try WebSocketURL(text)
        #expect(url.isSecure == secure)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.target == target)
        #expect(url.hostHeader == header)
        #expect(url.isIPAddress == isIPAddress)
        #expect(url.description == text)
    }

    @Test(arguments: [
        "", "http://host", "host", "ws:/host", "ws://", "ws:///path", "ws://:80", "ws://host:", "ws://host:0",
        "ws://host:65536",
        "ws://host:x", "ws://user@host", "ws://host/a b", "ws://host/a\r\nX: y", "ws://host/ü", "ws://[::1",
        "ws://[::1]x",
        "ws://[]", "ws://ho st", "ws://host\r\nX: y", "ws://::1",
    ])
    func bad(_ text: String) {
        let error = #expect(throws: WebSocketURL.Malformed.self) { try WebSocketURL(text) }
        #expect(error?.description.contains("give one like ws://127.0.0.1:8000/ws") == true)
    }
}
