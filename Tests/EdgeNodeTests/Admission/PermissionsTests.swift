import BybitCatalog
import Core
import Platform
import Testing

@testable import EdgeNode

/// Who may read what: policies first, then what a stream's kind says; a credential narrows that and never widens it.
@Suite struct PermissionsTests {
    private static func stream(_ name: String) throws -> StreamDescriptor {
        try BybitCatalog().resolve(try StreamName(canonical: name))
    }

    private static let nobody = Principal.anonymous
    private static let ann = Principal(user: "ann", roles: ["trader"])

    @Test(
        arguments: [
            ("ticker.BTCUSDT", nobody, true),
            ("orders.ann", nobody, false),
            ("orders.ann", ann, true),
            ("orders.bob", ann, false),
            // What looks like a pattern is a name.
            ("orders.ann", Principal(user: "*"), false),
            ("orders.%2A", Principal(user: "*"), true),
            ("orders.a%2Eb", Principal(user: "a.b"), true),
            ("orders.auth0%7C123", Principal(user: "auth0|123"), true),
            ("orders.ann", Principal(user: ""), false),
            ("ticker.BTCUSDT", Principal(user: "ann", grants: StreamGrants(["ticker.*"], user: "ann")), true),
            ("trade.BTCUSDT", Principal(user: "ann", grants: StreamGrants(["ticker.*"], user: "ann")), false),
            ("orders.ann", Principal(user: "ann", grants: StreamGrants(["orders.$sub"], user: "ann")), true),
            ("orders.bob", Principal(user: "ann", grants: StreamGrants(["orders.*"], user: "ann")), false),
            ("orders.ann", Principal(user: "ann", grants: StreamGrants([], user: "ann")), false),
            ("kline.1h.BTCUSDT", Principal(user: "ann", grants: StreamGrants(["kline.*"], user: "ann")), false),
            ("kline.1h.BTCUSDT", Principal(user: "ann", grants: StreamGrants(["kline.*.*"], user: "ann")), true),
            ("ticker.BTCUSDT", Principal(user: "ann", pairs: ["BTCUSDT"]), true),
            ("depth.50.ETHUSDT", Principal(user: "ann", pairs: ["BTCUSDT"]), false),
            ("orders.ann", Principal(user: "ann", pairs: ["BTCUSDT"]), true),
        ] as [(String, Principal, Bool)]
    )
    func withoutPolicies(name: String, principal: Principal, isGranted: Bool) throws {
        #expect(Permissions().grants(try Self.stream(name), to: principal) == isGranted)
    }

    @Test func theFirstPolicyThatFitsCounts() throws {
        let permissions = Permissions([
            try AccessPolicy("ticker.ETHUSDT", .everybody), try AccessPolicy("ticker.*", .authenticated),
            try AccessPolicy("depth.*.*", .role("trader")), try AccessPolicy("orders.*", .role("desk")),
        ])
        let bob = Principal(user: "bob", roles: ["desk"])
        let table: [(String, Principal, Bool)] = [
            ("ticker.ETHUSDT", Self.nobody, true), ("ticker.BTCUSDT", Self.nobody, false),
            ("ticker.BTCUSDT", bob, true), ("depth.50.BTCUSDT", bob, false), ("depth.50.BTCUSDT", Self.ann, true),
            ("trade.BTCUSDT", Self.nobody, true), ("orders.ann", Self.ann, false), ("orders.ann", bob, true),
        ]
        for (name, principal, isGranted) in table {
            #expect(permissions.grants(try Self.stream(name), to: principal) == isGranted, "\(name)")
        }
    }

    /// A name that no catalog knows, among those that a policy keeps from somebody, is kept from them too.
    @Test func whatIsNotTheirsToReadIsNotTheirsToGuess() throws {
        let permissions = Permissions([try AccessPolicy("desk.*", .role("trader"))])
        #expect(
            !permissions.mayKnow(of: "desk.no-such", Self.nobody)
                && !permissions.mayKnow(of: "desk:no-such", Self.nobody)
        )
        #expect(permissions.mayKnow(of: "desk.no-such", Self.ann) && permissions.mayKnow(of: "bogus", Self.nobody))
    }

    @Test func whoMayHaveSomeStreamsDoesNotLearnByTheOthers() {
        let narrow = Principal(user: "ann", grants: StreamGrants(["ticker.*"], user: "ann"))
        let permissions = Permissions()
        #expect(!permissions.mayKnow(of: "depth.9.NOSUCH", narrow) && permissions.mayKnow(of: "ticker.NOSUCH", narrow))
    }

    @Test func whoeverFollowsIsToldOnceOfEachChange() throws {
        let permissions = Permissions()
        let changes = AdmissionCounters()
        permissions.onChange { changes.refused.add() }
        permissions.replace([])
        #expect(changes.refused.get() == 0)
        let policies = [try AccessPolicy("ticker.*", .authenticated)]
        permissions.replace(policies)
        permissions.replace(policies)
        #expect(changes.refused.get() == 1)
    }
}
