import NIOCore
import NIOHTTP1
import Platform
import Testing

@testable import EdgeNode

/// What becomes of a handshake by what it shows, at the real handlers.
@Suite struct CredentialAdmissionTests {
    private let fixture = EdgeFixture()
    private let counters = AdmissionCounters()
    private let authenticator = TestAuthenticator(["ann": Principal(user: "ann")])

    private func answer(_ uri: String = "/ws", _ headers: String = "", mode: AuthMode) async throws -> String {
        let admission = CredentialAdmission(mode: mode, authenticators: [authenticator], counters: counters)
        let client = try await GatewayClient(fixture, admission: admission)
        return try await client.get(uri, GatewayClient.upgrade + headers)
    }

    private func users() async throws -> [String?] {
        let port = fixture.ports[0]
        return try await port.eventLoop.submit { port.shard.value.clients.all.map(\.principal.user) }.get()
    }

    @Test func whoShowsAGoodTokenComesInAsWhoItIs() async throws {
        let answer = try await answer("/ws", "Authorization: Bearer ann\r\n", mode: .required)
        #expect(answer.hasPrefix("HTTP/1.1 101 ") && !answer.contains("Sec-WebSocket-Protocol"))
        #expect(try await users() == ["ann"])
        #expect(fixture.counters[0].cameAuthenticated.get() == 1 && counters.refused.get() == 0)
    }

    @Test func aBrowsersSubprotocolIsSelectedInTheAnswer() async throws {
        let answer = try await answer("/ws", "Sec-WebSocket-Protocol: bearer, ann\r\n", mode: .required)
        #expect(answer.hasPrefix("HTTP/1.1 101 ") && answer.contains("\r\nSec-WebSocket-Protocol: bearer\r\n"))
    }

    @Test(
        arguments: [
            ("/ws", "", #"Bearer realm="tidegate""#, "send a token (Authorization: Bearer) or an API key"),
            ("/ws?token=bob", "", #"Bearer realm="tidegate", error="invalid_token""#, "nobody knows it"),
            ("/ws?api_key=ann", "", #"Bearer realm="tidegate", error="invalid_token""#, "an API key is not taken here"),
        ]
    )
    func whoIsRefusedIsToldHowAndNotUpgraded(uri: String, headers: String, challenge: String, why: String) async throws
    {
        let answer = try await answer(uri, headers, mode: .required)
        #expect(answer.hasPrefix("HTTP/1.1 401 ") && answer.contains("\r\nWWW-Authenticate: \(challenge)\r\n"))
        #expect(answer.hasSuffix(#"{"error":"unauthorized","reason":"\#(why)"}"#))
        #expect(fixture.node.clients.get() == 0 && counters.refused.get() == 1)
    }

    @Test func differentCredentialsInOneRequestAreABadRequest() async throws {
        let answer = try await answer("/ws?token=ann", "Authorization: Bearer bob\r\n", mode: .optional)
        #expect(answer.hasPrefix("HTTP/1.1 400 ") && !answer.contains("WWW-Authenticate"))
    }

    /// It is no word about the credential.
    @Test func whereNobodyCanJudgeItIs503WithATimeToComeAgain() async throws {
        let answer = try await answer("/ws?token=away", mode: .required)
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("\r\nRetry-After: 7\r\n"))
        #expect(!answer.contains("WWW-Authenticate") && counters.unavailable.get() == 1)
    }

    @Test func whoShowsNothingIsNobodyWhereThatMayBe() async throws {
        #expect(try await answer(mode: .optional).hasPrefix("HTTP/1.1 101 "))
        #expect(try await answer("/ws?token=bob", mode: .optional).hasPrefix("HTTP/1.1 401 "))
        #expect(try await users() == [nil])
    }

    @Test func nobodyIsAskedWhereNobodyIsToBe() async throws {
        #expect(try await answer("/ws?token=bob&token=ann", mode: .none).hasPrefix("HTTP/1.1 101 "))
        #expect(try await users() == [nil])
    }

    @Test func whatTakesItsTimeIsWaitedFor() async throws {
        let admission = CredentialAdmission(mode: .required, authenticators: [authenticator], counters: counters)
        let client = try await GatewayClient(fixture, admission: admission)
        #expect(try await client.get("/ws?token=slow-ann", GatewayClient.upgrade) == "")
        try await fixture.until { authenticator.waiting == 1 }
        authenticator.letGo()
        var answer = ""
        try await fixture.until {
            answer += String(buffer: try await client.received())
            return !answer.isEmpty
        }
        #expect(answer.hasPrefix("HTTP/1.1 101 "))
    }
}
