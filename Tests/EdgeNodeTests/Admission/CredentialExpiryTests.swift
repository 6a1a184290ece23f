import Platform
import Testing

@testable import EdgeNode

/// A connection ends with the credentials that it came with, and is told so ahead.
@Suite struct CredentialExpiryTests {
    private static func ann(endsIn milliseconds: Int64) -> Principal {
        Principal(user: "ann", expiresAt: WallClock.milliseconds() + milliseconds)
    }

    // An hour's notice: a busy machine takes its time for a test.
    private static let hour: Int64 = 3_600_000

    @Test func itIsToldOnceAheadOfTheEnd() async throws {
        let fixture = EdgeFixture { $0.expiryNotice = .seconds(7200) }
        let client = try await fixture.client(as: Self.ann(endsIn: Self.hour))
        try await fixture.sweep(seconds: 2)
        let texts = try await client.texts().filter { $0.contains("token_expiring") }
        #expect(texts.count == 1 && texts[0].hasPrefix(#"{"op":"token_expiring","inMs":"#))
        #expect(client.isOpen)
    }

    @Test func whoHasLongIsToldNothing() async throws {
        let fixture = EdgeFixture()
        let client = try await fixture.client(as: Self.ann(endsIn: Self.hour))
        try await fixture.sweep()
        #expect(try await client.told().isEmpty)
    }

    @Test func atTheEndItIsClosedWith4401() async throws {
        let fixture = EdgeFixture()
        let client = try await fixture.client(as: Self.ann(endsIn: -1))
        try await client.subscribe("ticker:BTCUSDT")
        try await fixture.sweep()
        #expect(try await client.told() == ["close 4401 Credentials expired"])
        #expect(fixture.counters[0].subscriptions.get() == 0)
    }

    @Test func aNewTokenPutsItOff() async throws {
        let authenticator = TestAuthenticator([
            "ann": Self.ann(endsIn: 10 * Self.hour), "soon": Self.ann(endsIn: Self.hour),
        ])
        let fixture = EdgeFixture(reauthentication: authenticator.reauthentication()) {
            $0.expiryNotice = .seconds(7200)
        }
        let client = try await fixture.client(as: Self.ann(endsIn: Self.hour))
        try await fixture.sweep()
        #expect(try await client.told() == ["token_expiring"])
        try await client.send(#"{"op":"auth","token":"ann"}"#)
        #expect(try await client.told() == ["auth"])
        try await fixture.sweep()
        #expect(try await client.told().isEmpty)
        try await client.send(#"{"op":"auth","token":"soon"}"#)
        try await fixture.sweep()
        #expect(try await client.told() == ["auth", "token_expiring"])
    }
}
