import Core
import NIOHTTP1
import Platform
import Testing

@testable import EdgeNode

@Suite struct WebSocketHandshakeTests {
    private static let good: [(String, String)] = [
        ("Host", "x"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    private func head(
        _ changes: [(String, String?)] = [],
        method: HTTPMethod = .GET,
        version: HTTPVersion = .http1_1
    ) -> HTTPRequestHead {
        var headers = HTTPHeaders(Self.good)
        for (name, value) in changes {
            headers.remove(name: name)
            for part in value?.split(separator: "|") ?? [] { headers.add(name: name, value: String(part)) }
        }
        return HTTPRequestHead(version: version, method: method, uri: "/ws", headers: headers)
    }

    private func status(_ head: HTTPRequestHead) -> HTTPResponseStatus {
        switch WebSocketHandshake.decide(head) {
        case .accept: .switchingProtocols
        case .refuse(let reply): reply.status
        }
    }

    /// RFC 6455, section 1.3.
    @Test func theSampleKeyOfTheRFCIsAnsweredWithItsSampleProof() {
        #expect(WebSocketHandshake.acceptance(of: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(
            WebSocketHandshake.decide(head())
                == .accept([
                    "Upgrade": "websocket", "Connection": "Upgrade",
                    "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                ])
        )
    }

    @Test(
        arguments: [
            ("Upgrade", "WebSocket", 101), ("Upgrade", "h2c, websocket", 101),
            ("Connection", "keep-alive, UPGRADE", 101),
            ("Connection", "keep-alive|Upgrade", 101), ("Upgrade", nil, 400), ("Upgrade", "h2c", 400),
            ("Connection", nil, 400), ("Connection", "close", 400), ("Sec-WebSocket-Version", nil, 426),
            ("Sec-WebSocket-Version", "8", 426), ("Sec-WebSocket-Key", nil, 400),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j", 400), ("Sec-WebSocket-Key", "not base64 at all!!!!!!!", 400),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==|dGhlIHNhbXBsZSBub25jZQ==", 400),
            ("Sec-WebSocket-Key", " dGhlIHNhbXBsZSBub25jZQ== ", 101), ("Host", nil, 400), ("Host", "x|y", 400),
        ] as [(String, String?, Int)]
    )
    func eachHeaderOfSection421Counts(name: String, value: String?, expected: Int) {
        #expect(Int(status(head([(name, value)])).code) == expected)
    }

    @Test func onlyAGetOfHTTP11Upgrades() {
        #expect(status(head(method: .POST)) == .badRequest)
        #expect(status(head(method: .HEAD)) == .badRequest)
        #expect(status(head(version: .http1_0)) == .badRequest)
    }

    @Test func aRefusalOfTheVersionNamesTheRightOne() {
        guard case .refuse(let reply) = WebSocketHandshake.decide(head([("Sec-WebSocket-Version", "8")])) else {
            Issue.record("accepted")
            return
        }
        #expect(reply.headers.contains { $0 == ("Sec-WebSocket-Version", "13") })
    }

    @Test(arguments: [
        ("/ws", true, WebSocketPaths.Endpoint()), ("/ws", false, WebSocketPaths.Endpoint()),
        ("/ws?token=/echo", true, WebSocketPaths.Endpoint()), ("/", true, WebSocketPaths.Endpoint(greeting: .guide)),
        ("/?x=1", true, WebSocketPaths.Endpoint(greeting: .guide)), ("/", false, nil),
        ("/echo", true, WebSocketPaths.Endpoint(isEcho: true)), ("/ws/", true, nil), ("/stats", true, nil),
        ("/WS", true, nil), ("//ws", true, nil), ("http://x:8000/ws?a=http://y/", true, WebSocketPaths.Endpoint()),
        ("ws://x", true, WebSocketPaths.Endpoint(greeting: .guide)), ("http://x/stats", true, nil),
        ("/x?http://y/ws", true, nil), ("*", true, nil),
    ])
    func eachPathLeadsWhereItShould(uri: String, upgrades: Bool, endpoint: WebSocketPaths.Endpoint?) {
        var head = head(upgrades ? [] : [("Upgrade", nil)])
        head.uri = uri
        #expect(WebSocketPaths(dialects: .tidegate, echo: "/echo").endpoint(for: head) == endpoint)
    }

    @Test func thereIsNoEchoUnlessItIsAskedFor() {
        var head = head()
        head.uri = "/echo"
        #expect(WebSocketPaths(dialects: .tidegate, echo: nil).endpoint(for: head) == nil)
    }
}
