import NIOCore
import NIOEmbedded
import Platform
import Testing

@testable import EdgeNode

@Suite("What one principal may take counts for it in place of what everybody may")
struct PrincipalLimitTests {
    private static func principal(_ limits: PrincipalLimits) -> Principal { Principal(user: "ann", limits: limits) }

    @Test(arguments: [(1, 100), (3, 2)]) func subscriptions(own: Int, usual: Int) async throws {
        let fixture = EdgeFixture { $0.maximumSubscriptions = usual }
        let client = try await fixture.client(as: Self.principal(PrincipalLimits(subscriptions: own)))
        let names = ["trade:A", "trade:B", "trade:C", "trade:D"]
        let subscribed = "subscribe " + names.prefix(own).joined(separator: " ")
        #expect(try await client.told(subscribing: names.prefix(own)) == [subscribed])
        #expect(try await client.told(subscribing: names.suffix(1)) == ["error LIMIT_EXCEEDED"])
        // Who has no limit of its own has the usual one.
        let other = try await fixture.client(as: Principal(user: "bob"))
        #expect(try await other.told(subscribing: names.prefix(usual)).first?.hasPrefix("subscribe") == true)
    }

    @Test(arguments: [(2, 100), (4, 1)]) func messages(own: Int, usual: Int) async throws {
        let fixture = EdgeFixture { $0.maximumMessageRate = usual }
        let client = try await fixture.client(as: Self.principal(PrincipalLimits(messageRate: own)))
        for _ in 0...own { try await client.send(#"{"op":"ping"}"#) }
        let told = try await client.told()
        #expect(told == [String](repeating: "pong", count: own) + ["error RATE_LIMIT_EXCEEDED"])
    }

    /// The token is the user's name.
    private struct Names: Reauthentication {
        func recognise(_ token: String) -> Result<Principal, AuthenticationFailure>? {
            .success(Principal(user: token))
        }

        func authenticate(
            _ token: String,
            of origin: CredentialOrigin
        ) async -> Result<Principal, AuthenticationFailure> { .success(Principal(user: token)) }
    }

    /// Those of all nodes together, which can't be had at once.
    private struct Remote: ConnectionCounts {
        let node: NodeConnectionCounts
        func takeAtOnce(_ claims: [ConnectionClaim]) -> ConnectionGrant? { nil }
        func take(_ claims: [ConnectionClaim]) async -> ConnectionGrant { await node.take(claims) }
    }

    @Test(arguments: [true, false]) func whoShowsWhoItIsLaterTakesAPlaceOfItsUserOrIsClosed(isAtOnce: Bool) async throws
    {
        let node = NodeConnectionCounts()
        let counts: any ConnectionCounts = isAtOnce ? node : Remote(node: node)
        let fixture = EdgeFixture(
            reauthentication: Names(),
            connections: PrincipalConnections(counts, usual: 1)
        )
        let clients = [try await fixture.client(), try await fixture.client(), try await fixture.client()]
        let ann = ConnectionClaim.Holder.user("ann")
        try await clients[0].send(#"{"op":"auth","token":"ann"}"#)
        #expect(try await clients[0].awaitTexts().first?.contains(#""success":true"#) == true)
        try await fixture.until { node.count(of: ann) == 1 }
        // Once more is no connection more.
        try await clients[0].send(#"{"op":"auth","token":"ann"}"#)
        #expect(try await clients[0].awaitTexts().first?.contains(#""success":true"#) == true)

        try await clients[1].send(#"{"op":"auth","token":"ann"}"#)
        // Where its place is not known at once it is told first that its token is good.
        let told = try await clients[1].awaitTold(isAtOnce ? 1 : 2)
        #expect(told.last == "close 4003 Connection limit reached" && node.count(of: ann) == 1)
        try await clients[2].send(#"{"op":"auth","token":"bob"}"#)
        try await fixture.until { node.holders == 2 }

        try await clients[0].channel.close()
        try await fixture.until {
            await fixture.loops[0].run()
            return node.count(of: ann) == 0
        }
        #expect(clients[2].isOpen)
    }

    /// The count of all nodes comes when nobody waits for it any more.
    @Test func aPlaceForWhoHasLeftMeanwhileIsFreeAgain() async throws {
        let counts = HeldCounts()
        let fixture = EdgeFixture(reauthentication: Names(), connections: PrincipalConnections(counts, usual: 1))
        let client = try await fixture.client()
        try await client.send(#"{"op":"auth","token":"ann"}"#)
        try await fixture.until { counts.gate.isWaitedFor }
        try await client.channel.close()
        counts.gate.open()
        try await fixture.until {
            await fixture.loops[0].run()
            return counts.gate.isPassed && counts.node.holders == 0
        }
    }
}

/// Says nothing before the test lets it.
private struct HeldCounts: ConnectionCounts {
    final class Gate: Sendable {
        private let waited = Counter<AnyThread>()
        private let opened = Counter<AnyThread>()
        private let passed = Counter<AnyThread>()

        var isWaitedFor: Bool { waited.get() > 0 }
        var isPassed: Bool { passed.get() > 0 }

        func open() { opened.add() }

        func pass(_ grant: () async -> ConnectionGrant) async -> ConnectionGrant {
            waited.add()
            // Also for who has given up: a task of its own is not cancelled, and so does not spin on a thread that others need.
            while opened.get() == 0 { await Task { try? await EdgeFixture.pause() }.value }
            defer { passed.add() }
            return await grant()
        }
    }

    let node = NodeConnectionCounts()
    let gate = Gate()

    func takeAtOnce(_ claims: [ConnectionClaim]) -> ConnectionGrant? { nil }

    func take(_ claims: [ConnectionClaim]) async -> ConnectionGrant {
        await gate.pass { await node.take(claims) }
    }
}

extension TestClient {
    fileprivate func told(subscribing names: some Sequence<String>) async throws -> [String] {
        let args = names.map { "\"\($0)\"" }.joined(separator: ",")
        try await send(#"{"op":"subscribe","args":[\#(args)]}"#)
        return try await awaitTold()
    }
}
