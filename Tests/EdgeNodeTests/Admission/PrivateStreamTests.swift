import Core
import NIOCore
import Platform
import Testing

@testable import EdgeNode

/// A private stream is its owner's, by whatever way it is asked for.
@Suite struct PrivateStreamTests {
    private static let ann = Principal(user: "ann")
    private static let bob = Principal(user: "bob")

    private let authenticator = TestAuthenticator([
        "ann": ann, "bob": bob, "ann-narrow": Principal(user: "ann", grants: StreamGrants(["ticker.*"], user: "ann")),
    ])
    private let permissions = Permissions()
    private let fixture: EdgeFixture

    init() {
        fixture = EdgeFixture(permissions: permissions, reauthentication: authenticator.reauthentication())
    }

    private func order(_ sequence: UInt64) throws -> Publication { try .of("orders.ann", sequence) }

    @Test func onlyItsOwnerIsGivenIt() async throws {
        let ann = try await fixture.client(as: Self.ann)
        let bob = try await fixture.client(as: Self.bob)
        let nobody = try await fixture.client()
        #expect(try await ann.subscribe("orders.ann", "orders:bob") == ["subscribe orders.ann -orders:bob"])
        #expect(try await bob.subscribe("orders.ann") == ["subscribe -orders.ann"])
        #expect(try await nobody.subscribe("orders.ann", "ticker:BTCUSDT") == ["subscribe ticker:BTCUSDT -orders.ann"])
        try await fixture.publish(order(1))
        #expect(try await ann.told() == ["update 1 @1"])
        let (toBob, toNobody) = (try await bob.told(), try await nobody.told())
        #expect(toBob.isEmpty && toNobody.isEmpty)
    }

    /// Whether there is such a stream or not, the answer differs in its name only.
    @Test func whoMayNotReadItDoesNotLearnWhetherItIsThere() async throws {
        let ann = try await fixture.client(as: Self.ann)
        try await ann.subscribe("orders.ann")
        try await fixture.publish(order(1))
        let bob = try await fixture.client(as: Self.bob)
        try await bob.send(#"{"op":"subscribe","args":["orders.ann","orders.zoe"]}"#)
        let text = try #require(try await bob.awaitTexts().first)
        for name in ["orders.ann", "orders.zoe"] {
            let reason = "\(name) is not for this connection: its credentials don't grant it"
            #expect(text.contains(#"{"arg":"\#(name)","code":"FORBIDDEN","reason":"\#(reason)"}"#))
        }
    }

    @Test func itIsResumedByItsOwnerOnly() async throws {
        let first = try await fixture.client(as: Self.ann)
        try await first.send(#"{"op":"subscribe","args":["orders.ann"]}"#)
        let token = try #require(try TestReply(in: try await first.awaitTexts()).anyToken)
        try await fixture.publish(order(1))
        let bob = try await fixture.client(as: Self.bob)
        try await bob.send(#"{"op":"resume","token":"\#(token)"}"#)
        #expect(try await bob.awaitTexts().first?.contains("INVALID_RESUME_TOKEN") == true)
        try await bob.send(#"{"op":"resume","positions":{"orders.ann":{"epoch":1,"sequence":0}}}"#)
        let answer = try #require(try await bob.awaitTexts().first)
        #expect(answer.contains(#""streams":[]"#) && answer.contains(#""code":"FORBIDDEN""#))
        let nobody = try await fixture.client()
        try await nobody.send(#"{"op":"resume","token":"\#(token)"}"#)
        #expect(try await nobody.awaitTexts().first?.contains("INVALID_RESUME_TOKEN") == true)
        let again = try await fixture.client(as: Self.ann)
        try await again.send(#"{"op":"resume","token":"\#(token)"}"#)
        #expect(try await again.awaitTexts().first?.contains(#""op":"resumed""#) == true)
        try await fixture.publish(order(2))
        #expect(try await again.awaitTold().contains("update 2"))
    }

    /// What was given to nobody holds for who has become somebody: its streams are granted anew.
    @Test func aTokenOfNobodyIsTakenFromSomebody() async throws {
        let nobody = try await fixture.client()
        try await nobody.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#)
        let token = try #require(try TestReply(in: try await nobody.awaitTexts()).anyToken)
        let ann = try await fixture.client(as: Self.ann)
        try await ann.send(#"{"op":"resume","token":"\#(token)"}"#)
        #expect(try await ann.awaitTexts().first?.contains(#""op":"resumed""#) == true)
    }

    // MARK: auth on a connection that is there

    @Test func whoWasNobodyBecomesSomebody() async throws {
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        try await client.send(#"{"op":"auth","token":"ann","id":7}"#)
        #expect(try await client.texts() == [#"{"op":"auth","success":true,"user":"ann","expires":null,"id":7}"#])
        #expect(try await client.subscribe("orders.ann") == ["subscribe orders.ann"])
    }

    @Test func itIsTakenInTheOtherDialectTooAndWaitsForWhoMustBeAsked() async throws {
        let client = try await fixture.client()
        try await client.send(#"{"action":"auth","token":"slow-ann"}"#)
        try await client.send(#"{"action":"subscribe","streams":["orders.ann"]}"#)
        try await fixture.until { authenticator.waiting == 1 }
        #expect(try await client.told().isEmpty)
        authenticator.letGo()
        let texts = try await client.awaitTexts()
        #expect(texts.first == #"{"action":"auth","success":true,"user":"ann","expires":null}"#)
        let rest = texts.count > 1 ? Array(texts[1...]) : try await client.awaitTexts()
        #expect(rest.first?.hasPrefix(#"{"action":"subscribed","streams":["orders.ann"]"#) == true)
    }

    @Test(
        arguments: [
            (#"{"op":"auth","token":"bob"}"#, "UNAUTHORIZED"), (#"{"op":"auth","token":"mallory"}"#, "UNAUTHORIZED"),
            (#"{"op":"auth","token":"away"}"#, "INTERNAL_ERROR"), (#"{"op":"auth"}"#, "INVALID_ARGS"),
            (#"{"op":"auth","token":7}"#, "INVALID_ARGS"), (#"{"op":"auth","token":""}"#, "INVALID_ARGS"),
        ]
    )
    func aTokenThatIsRefusedChangesNothing(request: String, code: String) async throws {
        let client = try await fixture.client(as: Self.ann)
        try await client.subscribe("orders.ann")
        try await client.send(request)
        #expect(try await client.awaitTexts().first?.contains(#""code":"\#(code)""#) == true)
        try await fixture.publish(order(1))
        #expect(try await client.told() == ["update 1 @1"])
    }

    @Test func whoShowsOneBadTokenAfterAnotherIsClosed() async throws {
        let client = try await fixture.client()
        for _ in 1..<ClientCredentials.mostRefusals { try await client.send(#"{"op":"auth","token":"mallory"}"#) }
        try await client.send(#"{"op":"auth","token":"away"}"#)
        try await client.send(#"{"op":"ping"}"#)
        #expect(try await client.told().suffix(1) == ["pong"])
        try await client.send(#"{"op":"auth","token":"mallory"}"#)
        #expect(try await client.told().suffix(1) == ["close 1008 Too many refused tokens"])
    }

    @Test func streamsThatTheNewTokenDoesNotGrantEndAtOnceWithANotice() async throws {
        let client = try await fixture.client(as: Self.ann)
        try await client.subscribe("orders.ann", "ticker:BTCUSDT")
        try await client.send(#"{"op":"auth","token":"ann-narrow"}"#)
        #expect(try await client.awaitTold(2) == ["auth", "rejected -orders.ann"])
        try await fixture.publish(order(1), .ticker(1))
        #expect(try await client.told() == ["snapshot 1 @1"])
        #expect(fixture.counters[0].subscriptions.get() == 1)
    }

    @Test func streamsThatANewPolicyDoesNotGrantEndWithTheNextLookAtTheClients() async throws {
        let nobody = try await fixture.client()
        try await nobody.subscribe("ticker:BTCUSDT", "trade:BTCUSDT")
        permissions.replace([try AccessPolicy("ticker.*", .authenticated)])
        let port = fixture.ports[0]
        try await port.eventLoop.submit { port.shard.value.sweep.reviewGrants() }.get()
        try await fixture.sweep()
        #expect(try await nobody.told() == ["rejected -ticker:BTCUSDT"])
        try await fixture.sweep()
        #expect(try await nobody.told().isEmpty)
    }
}
