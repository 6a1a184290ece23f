import Core
import NIOCore
import Platform
import Testing

@testable import EdgeNode

@Suite("What the auth service is asked, and what its answers are taken for") struct ServiceAnswerTests {
    @Test func aQuestionHasTheCredentialAndWhereItWasShown() {
        let origin = CredentialOrigin(address: "192.0.2.7", origin: "https://example.com", path: "/ws")
        let question = ServiceQuestion(credential: .token("a\"b"), origin: origin)
        #expect(
            String(buffer: question.body)
                == #"{"kind":"token","credential":"a\"b","address":"192.0.2.7","origin":"https://example.com","path":"/ws"}"#
        )
        let bare = CredentialOrigin(address: nil, origin: nil, path: "/ws/")
        #expect(
            String(buffer: ServiceQuestion(credential: .apiKey("k"), origin: bare).body)
                == #"{"kind":"api_key","credential":"k","path":"/ws/"}"#
        )
    }

    @Test func aTokenAndAKeyOfTheSameTextAreTwoCredentials() {
        let token = ServiceQuestion.digest(of: .token("x"))
        #expect(token != ServiceQuestion.digest(of: .apiKey("x")))
        #expect(token == ServiceQuestion.digest(of: .token("x")) && token != ServiceQuestion.digest(of: .token("y")))
    }

    @Test func allThatItMaySayIsTaken() throws {
        let text = """
            {"user":"auth0|1","roles":["trader"],"streams":["orders.$sub"],"pairs":["BTCUSDT"],"later":{"a":[1]},\
            "limits":{"subscriptions":5,"messageRate":6,"connections":7,"more":8},"issued":1000,"expires":2000}
            """
        let principal = try #require(Self.principal(text))
        #expect(principal.user == "auth0|1" && principal.roles == ["trader"] && principal.pairs == ["BTCUSDT"])
        #expect(principal.grants?.cover(try StreamName(canonical: "orders.auth0%7C1")) == true)
        #expect(principal.grants?.cover(try StreamName(canonical: "orders.other")) == false)
        #expect(principal.limits == PrincipalLimits(subscriptions: 5, messageRate: 6, connections: 7))
        #expect(
            principal.issuedAt == 1000 && principal.expiresAt == 2000 && principal.credential == .vouched(digest: "d")
        )
    }

    @Test func whatIsLeftOutOrNullNarrowsNothing() throws {
        let text = #"{"user":"u","roles":null,"streams":null,"pairs":null,"limits":null,"expires":null}"#
        for text in [text, #"{"user":"u"}"#] {
            let principal = try #require(Self.principal(text))
            #expect(principal.grants == nil && principal.pairs == nil && principal.roles.isEmpty)
            #expect(principal.limits == PrincipalLimits() && principal.expiresAt == nil)
        }
    }

    /// Such a service says nothing of the credential: neither that it is good, nor that it is not.
    @Test(arguments: [
        (200, ""), (200, "true"), (200, "{}"), (200, #"{"user":7}"#), (200, #"{"user":""}"#),
        (200, #"{"user":null}"#), (200, #"{"user":"u","user":"v"}"#), (200, #"{"user":"u","streams":"ticker.*"}"#),
        (200, #"{"user":"u","roles":[1]}"#), (200, #"{"user":"u","expires":"tomorrow"}"#),
        (200, #"{"user":"u","expires":1.5}"#), (200, #"{"user":"u","limits":{"connections":-1}}"#),
        (200, #"{"user":"u"} "# + "x"), (200, #"{"user":"u"#), (204, ""), (302, ""), (404, #"{"reason":"x"}"#),
        (404, ""), (429, ""), (500, ""), (503, ""),
    ])
    func whatMakesNoSenseLetsNobodyIn(status: Int, body: String) {
        guard case .outOfOrder(let words, _) = Self.answer(status, body) else {
            Issue.record("\(status) \(body) is taken for an answer")
            return
        }
        // The answer may repeat what it was asked about.
        #expect(!words.contains("user"))
    }

    @Test func aUserThatIsTooLongForAStreamsNameIsNone() {
        guard case .outOfOrder = Self.answer(200, #"{"user":"\#(String(repeating: "u", count: 129))"}"#) else {
            Issue.record("it is taken")
            return
        }
    }

    @Test(arguments: [
        ("", "the credential is not good"), (#"{"reason":"the account is closed"}"#, "the account is closed"),
        (#"{"reason":7}"#, "the credential is not good"), (#"{"reason":"a\r\nb"}"#, "ab"),
        ("{", "the credential is not good"),
        (#"{"reason":"\#(String(repeating: "r", count: 1000))"}"#, String(repeating: "r", count: 200)),
    ])
    func aRefusalMaySayWhy(body: String, reason: String) {
        for status in [401, 403] {
            guard case .refused(reason) = Self.answer(status, body) else {
                Issue.record("\(Self.answer(status, body))")
                continue
            }
        }
    }

    @Test func howLongItWantsToBeLeftAloneIsHeard() {
        let answer = HTTPGet.Answer(status: 429, retryAfter: .seconds(7), body: ByteBuffer())
        guard case .outOfOrder(_, .seconds(7)?) = ServiceAnswer(answer, to: "d") else {
            Issue.record("it is not heard")
            return
        }
    }

    private static func answer(_ status: Int, _ body: String) -> ServiceAnswer {
        ServiceAnswer(HTTPGet.Answer(status: status, body: ByteBuffer(string: body)), to: "d")
    }

    private static func principal(_ text: String) -> Principal? {
        if case .principal(let principal) = answer(200, text) { principal } else { nil }
    }
}
