import Logging
import Platform
import TestSupport
import Testing

@testable import EdgeNode

@Suite("Who is let in, refused, subscribed and shows a token is in the log and counted, and no credential is")
struct AdmissionLogTests {
    private let log = CollectedLog(.debug)
    private let authenticator = TestAuthenticator(["ann": Principal(user: "ann-a")])

    private func upgrade(_ fixture: EdgeFixture, _ token: String, by admission: any Admission) async throws {
        let client = try await GatewayClient(fixture, admission: admission)
        _ = try await client.get("/ws", GatewayClient.upgrade + "Authorization: Bearer \(token)\r\n")
    }

    @Test func whoIsLetInAndWhoIsNot() async throws {
        let fixture = EdgeFixture(log: log)
        let admission = authenticator.reauthentication(mode: .required)
        try await upgrade(fixture, "ann", by: admission)
        try await upgrade(fixture, "hunter2", by: admission)
        try await upgrade(fixture, "away", by: admission)
        #expect(
            log.lines == [
                "debug let in a client connection=1 user=ann-a",
                "info refused a client connection=2 reason=nobody knows it status=401",
                "info refused a client connection=3 reason=credentials can't be checked at the moment status=503",
            ]
        )
        #expect(fixture.counters[0].connectionsEver.get() == 1)
    }

    /// A hundred thousand come back at once.
    @Test func whoIsLetInIsForDebuggingOnly() async throws {
        let log = CollectedLog(.info)
        let fixture = EdgeFixture(log: log)
        try await upgrade(fixture, "ann", by: authenticator.reauthentication(mode: .required))
        try await fixture.client().subscribe("ticker:BTCUSDT")
        #expect(log.lines.isEmpty && fixture.counters[0].confirmed.get() == 1)
    }

    @Test func whereThereIsNoPlaceLeft() async throws {
        let fixture = EdgeFixture(maximumClients: 1, log: log)
        _ = try await fixture.client()
        try await upgrade(fixture, "ann", by: OpenAdmission())
        #expect(log.lines == ["info refused a client connection=2 reason=Connection limit reached status=503"])
    }

    /// The client is told what the service says, and the log is not: it may repeat anything.
    @Test func whatAServiceSaysIsInNoLog() async throws {
        let fixture = EdgeFixture(reauthentication: Elsewhere().reauthentication, log: log)
        let gateway = try await GatewayClient(fixture, admission: Elsewhere().reauthentication)
        let answer = try await gateway.get("/ws", GatewayClient.upgrade + "Authorization: Bearer hunter2\r\n")
        #expect(answer.contains("nobody knows hunter2"))
        let client = try await fixture.client()
        try await client.send(#"{"op":"auth","token":"hunter2"}"#)
        #expect(try await client.texts().first?.contains("nobody knows hunter2") == true)
        #expect(
            log.lines == [
                "info refused a client connection=1 status=401",
                "info refused a token on a connection connection=2 user=-",
            ]
        )
    }

    @Test func subscriptionsThatAreConfirmed() async throws {
        let fixture = EdgeFixture(log: log)
        let client = try await fixture.client(as: Principal(user: "ann"))
        try await client.subscribe("ticker:BTCUSDT", "trade:BTCUSDT", "nonsense")
        #expect(log.lines == ["debug confirmed subscriptions connection=1 streams=2 user=ann"])
        #expect(fixture.counters[0].confirmed.get() == 2)
        try await client.subscribe("nonsense")
        #expect(log.lines.count == 1 && fixture.counters[0].confirmed.get() == 2)
    }

    @Test func tokensOnAConnection() async throws {
        let fixture = EdgeFixture(reauthentication: authenticator.reauthentication(), log: log)
        let client = try await fixture.client()
        for token in ["hunter2", "away", "ann"] { try await client.send(#"{"op":"auth","token":"\#(token)"}"#) }
        #expect(try await client.told().count == 3)
        #expect(
            log.lines == [
                "info refused a token on a connection connection=1 reason=nobody knows it user=-",
                "debug a client has shown a good token on its connection connection=1 user=ann-a",
            ]
        )
        #expect(fixture.counters[0].authenticated.get() == 1 && fixture.counters[0].tokensRefused.get() == 1)
    }

    /// Refuses in words of somebody else's.
    private struct Elsewhere: Authenticator {
        func takes(_ credential: Credential) -> Bool { true }

        func recognise(_ credential: Credential, at now: Int64) -> Result<Principal, AuthenticationFailure>? {
            .failure(.refused(reason: "nobody knows hunter2", isOurs: false))
        }

        func authenticate(
            _ credential: Credential,
            of origin: CredentialOrigin,
            at now: Int64
        ) async -> Result<Principal, AuthenticationFailure> {
            .failure(.refused(reason: "nobody knows hunter2", isOurs: false))
        }

        var reauthentication: CredentialAdmission {
            CredentialAdmission(mode: .optional, authenticators: [self], counters: AdmissionCounters())
        }
    }
}
