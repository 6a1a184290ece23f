import NIOHTTP1
import Testing

@testable import EdgeNode

/// Where a request may show its credential, and what of it is taken.
@Suite struct PresentedCredentialTests {
    private static func shown(_ uri: String, _ headers: HTTPHeaders) throws -> PresentedCredential? {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: headers)
        return try PresentedCredential(UpgradeRequest(head: head, peer: nil))
    }

    @Test(
        arguments: [
            ("/ws", [], nil, nil),
            ("/ws", [("Authorization", "Bearer a.b.c")], .token("a.b.c"), nil),
            ("/ws", [("authorization", "bearer   a.b.c ")], .token("a.b.c"), nil),
            ("/ws", [("Authorization", "Basic dTpw")], nil, nil),
            ("/ws", [("Sec-WebSocket-Protocol", "bearer, a.b.c")], .token("a.b.c"), "bearer"),
            ("/ws", [("Sec-WebSocket-Protocol", "bearer"), ("Sec-WebSocket-Protocol", "t")], .token("t"), "bearer"),
            ("/ws", [("Sec-WebSocket-Protocol", "v1, bearer, a.b.c")], .token("a.b.c"), "bearer"),
            ("/ws", [("Sec-WebSocket-Protocol", "v1, v2")], nil, nil),
            ("/ws?token=a.b.c", [], .token("a.b.c"), nil),
            ("/ws?x=1&token=a%2Eb&y", [], .token("a.b"), nil),
            ("http://host/ws?token=t", [], .token("t"), nil),
            ("/ws", [("X-API-Key", "k")], .apiKey("k"), nil),
            ("/ws?api_key=k", [], .apiKey("k"), nil),
            ("/ws/k", [], .apiKey("k"), nil),
            ("/ws/k%2B?x", [], .apiKey("k+"), nil),
            ("/ws?token=t", [("Authorization", "Bearer t")], .token("t"), nil),
            ("/ws/k", [("X-API-Key", "k")], .apiKey("k"), nil),
        ] as [(String, [(String, String)], Credential?, String?)]
    )
    func isRead(uri: String, headers: [(String, String)], credential: Credential?, subprotocol: String?) throws {
        let shown = try Self.shown(uri, HTTPHeaders(headers))
        #expect(shown?.credential == credential && shown?.subprotocol == subprotocol)
    }

    @Test(
        arguments: [
            ("/ws?token=a", [("Authorization", "Bearer b")]),
            ("/ws?token=a&token=b", []),
            ("/ws/a", [("X-API-Key", "b")]),
            ("/ws?api_key=a", [("Authorization", "Bearer a")]),
            ("/ws", [("Authorization", "Bearer a"), ("Authorization", "Bearer b")]),
            ("/ws?token=b", [("Sec-WebSocket-Protocol", "bearer, a")]),
        ] as [(String, [(String, String)])]
    )
    func severalThatDifferAreRefused(uri: String, headers: [(String, String)]) {
        #expect(throws: PresentedCredential.Refusal.several) { try Self.shown(uri, HTTPHeaders(headers)) }
    }

    @Test(
        arguments: [
            ("/ws", [("Authorization", "Bearer")]),
            ("/ws", [("Authorization", "Bearer  ")]),
            ("/ws", [("Sec-WebSocket-Protocol", "bearer")]),
            ("/ws?token=", []),
            ("/ws?token", []),
            ("/ws?token=%zz", []),
            ("/ws", [("X-API-Key", "")]),
            ("/ws/%ff", []),
        ] as [(String, [(String, String)])]
    )
    func aPlaceForOneThatHoldsNoneIsNamed(uri: String, headers: [(String, String)]) {
        #expect {
            try Self.shown(uri, HTTPHeaders(headers))
        } throws: { error in
            if case .malformed = error as? PresentedCredential.Refusal { true } else { false }
        }
    }

    /// Whatever prints one prints no secret.
    @Test func itNeverPrintsItself() throws {
        let shown = try Self.shown("/ws?token=hunter2", [:])
        let key = try Self.shown("/ws/hunter2", [:])
        let texts = [
            "\(Credential.token("hunter2"))", String(reflecting: Credential.apiKey("hunter2")), "\(shown as Any)",
            String(reflecting: key),
        ]
        #expect(!texts.contains { $0.contains("hunter2") })
    }
}
