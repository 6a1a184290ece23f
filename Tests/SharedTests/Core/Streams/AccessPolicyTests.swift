import Core
import Testing

@Suite struct AccessPolicyTests {
    @Test(
        arguments: [
            ("orders.{user}", .owner, "orders.ann", .owner("ann")),
            ("orders.{user}", .owner, "orders.auth0%7C1", .owner("auth0%7C1")),
            ("orders.{user}", .owner, "orders.ann.x", nil),
            ("desk.{user}.*", .owner, "desk.ann.x", .owner("ann")),
            ("desk.*", .role("trader"), "desk.x", .role("trader")),
            ("desk.*", .role("trader"), "desks.x", nil),
            ("ticker.*", .everybody, "ticker.BTCUSDT", .everybody),
            ("kline.1h.*", .authenticated, "kline.1h.BTCUSDT", .authenticated),
            ("kline.1h.*", .authenticated, "kline.1m.BTCUSDT", nil),
        ] as [(String, AccessPolicy.Rule, String, Access?)]
    )
    func says(pattern: String, rule: AccessPolicy.Rule, name: String, access: Access?) throws {
        #expect(try AccessPolicy(pattern, rule).access(to: StreamName(canonical: name)) == access)
    }

    @Test(
        arguments: [
            ("orders", .everybody), ("", .everybody), ("a..b", .everybody), ("a.b*", .everybody),
            ("a.{word}", .everybody),
            // Whose it would be nobody could tell.
            ("orders.*", .owner), ("a.{user}.{user}", .owner),
            // It would let everybody read what looks like somebody's own.
            ("orders.{user}", .everybody), ("orders.{user}", .role("x")),
        ] as [(String, AccessPolicy.Rule)]
    )
    func whatMakesNoSenseIsRefused(pattern: String, rule: AccessPolicy.Rule) {
        #expect(throws: AccessPolicy.Malformed.self) { try AccessPolicy(pattern, rule) }
    }
}
