import NIOCore
import NIOHTTP1
import Platform
import Synchronization
import Testing

@testable import EdgeNode

@Suite("A user and a key have so many connections, each by its own limit or the usual one")
struct CountedAdmissionTests {
    private static let request = UpgradeRequest(
        head: HTTPRequestHead(version: .http1_1, method: .GET, uri: "/ws"),
        peer: nil
    )

    private static func key(_ name: String, user: String? = nil, limit: Int? = nil) -> Principal {
        Principal(user: user, credential: .key(name), limits: PrincipalLimits(connections: limit))
    }

    @Test(
        arguments: [
            (Principal.anonymous, 2, []), (Principal(user: "ann"), nil, []),
            (Principal(user: "ann"), 2, [ConnectionClaim(of: .user("ann"), limit: 2)]),
            (
                Principal(user: "ann", limits: PrincipalLimits(connections: 5)), 2,
                [ConnectionClaim(of: .user("ann"), limit: 5)]
            ),
            (
                Principal(user: "ann", limits: PrincipalLimits(connections: 5)), nil,
                [ConnectionClaim(of: .user("ann"), limit: 5)]
            ),
            (key("bot"), nil, []), (key("bot"), 2, [ConnectionClaim(of: .key("bot"), limit: 2)]),
            (key("bot", limit: 7), nil, [ConnectionClaim(of: .key("bot"), limit: 7)]),
            // A key without a user is one by itself, and is counted once.
            (key("bot", user: "key:bot", limit: 7), 2, [ConnectionClaim(of: .key("bot"), limit: 7)]),
            // The key's limit is the key's: its user may have several.
            (
                key("bot", user: "ann", limit: 7), 2,
                [ConnectionClaim(of: .key("bot"), limit: 7), ConnectionClaim(of: .user("ann"), limit: 2)]
            ),
            (key("bot", user: "ann", limit: 7), nil, [ConnectionClaim(of: .key("bot"), limit: 7)]),
        ] as [(Principal, Int?, [ConnectionClaim])]
    )
    func whatAConnectionTakes(_ principal: Principal, _ usual: Int?, _ claims: [ConnectionClaim]) {
        #expect(ConnectionClaim.all(of: principal, usual: usual) == claims)
    }

    /// One that is asked is answered at once.
    private struct Known: Admission {
        let principal: Principal
        func decideAtOnce(_ request: UpgradeRequest) -> Result<Admitted, HTTPReply>? { .success(Admitted(principal)) }
        func admit(_ request: UpgradeRequest) async -> Result<Admitted, HTTPReply> { .success(Admitted(principal)) }
    }

    /// The same counts, which can't be had at once: those of all nodes together.
    private struct Remote: ConnectionCounts {
        let node = NodeConnectionCounts()
        func takeAtOnce(_ claims: [ConnectionClaim]) -> ConnectionGrant? { nil }
        func take(_ claims: [ConnectionClaim]) async -> ConnectionGrant { await node.take(claims) }
    }

    private static func decide(_ principal: Principal, _ connections: PrincipalConnections) async -> Result<
        Admitted, HTTPReply
    > {
        let admission = CountedAdmission(Known(principal: principal), connections: connections)
        if let decision = admission.decideAtOnce(request) { return decision }
        return await admission.admit(request)
    }

    @Test(arguments: [true, false]) func oneMoreIsToldSoAndTakenWhenOneHasLeft(isAtOnce: Bool) async throws {
        let counters = RefusalCounters()
        let counts: any ConnectionCounts = isAtOnce ? NodeConnectionCounts() : Remote()
        let connections = PrincipalConnections(counts, usual: 2, counters: counters)
        let ann = Principal(user: "ann")
        let first = try await Self.decide(ann, connections).get()
        let second = try await Self.decide(Self.key("bot", user: "ann"), connections).get()
        guard case .failure(let reply) = await Self.decide(ann, connections) else {
            Issue.record("a third was let in")
            return
        }
        #expect(reply.status == .tooManyRequests && reply.headers.contains { $0 == ("Retry-After", "10") })
        #expect(String(buffer: reply.body).contains("the user has as many connections as one may have (2)"))
        #expect(counters.principalConnections.get() == 1)
        let other = try await Self.decide(Principal(user: "bob"), connections).get()
        second.free()
        let third = try await Self.decide(ann, connections).get()
        for admitted in [first, third, other] { admitted.free() }
    }

    /// Where one claim is refused, none is held.
    @Test func allOrNothing() throws {
        let counts = NodeConnectionCounts()
        let both = [ConnectionClaim(of: .user("ann"), limit: 9), ConnectionClaim(of: .key("bot"), limit: 1)]
        guard case .taken(let seat) = counts.takeAtOnce(both), case .full(let claim) = counts.takeAtOnce(both) else {
            Issue.record("not taken once")
            return
        }
        #expect(claim == both[1] && counts.count(of: .user("ann")) == 1)
        seat.free()
        #expect(counts.holders == 0)
    }
}
