import Logging
import NIOCore
import NIOEmbedded
import Platform
import Stores
import Testing

@testable import EdgeNode

@Suite("Whose access is revoked is let go with 4403, on every shard, and nobody else is")
struct EvictionTests {
    private let signer: ControlSigner
    private let revocations: Revocations

    init() throws {
        signer = try #require(ControlSigner("0123456789abcdef0123456789abcdef"))
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        revocations = Revocations(signer: signer, memory: nil, logger: quiet)
    }

    private func revoke(_ subject: Revocation.Subject) {
        let now = WallClock.milliseconds()
        let revocation = Revocation(subject, at: now, until: now + 60_000)
        revocations.take(signer.sign(revocation.encoded, for: .revocations, at: now))
    }

    @Test func thoseWhoAreThereAreLetGo() async throws {
        let fixture = EdgeFixture(shards: 2, revocations: revocations)
        var clients: [(TestClient, isRevoked: Bool)] = []
        for shard in 0..<2 {
            for index in 0..<3 {
                let principal = Principal(user: index == 1 ? "u" : "v\(index)")
                clients.append((try await fixture.client(as: principal, shard: shard), index == 1))
            }
        }
        for (client, _) in clients { try await client.subscribe("ticker:BTCUSDT") }
        revoke(.user("u"))
        for (client, isRevoked) in clients {
            #expect(try await client.told() == (isRevoked ? ["close 4403 Access revoked"] : []))
        }
        try await fixture.publish(.ticker(1))
        for (client, isRevoked) in clients { #expect(try await client.told().isEmpty == isRevoked) }
    }

    @Test func aPassOverManyIsMadeInParts() async throws {
        let count = 2 * Evictions.inspectionsAtOnce + 5
        let fixture = EdgeFixture(maximumClients: count, revocations: revocations)
        let principal = Principal(credential: .key("k"))
        var clients: [TestClient] = []
        for _ in 0..<count { clients.append(try await fixture.client(as: principal)) }
        revoke(.key("k"))
        await fixture.loops[0].run()
        #expect(try await clients[count - 1].told() == ["close 4403 Access revoked"])
        #expect(try await clients[0].told().isEmpty)
        for _ in 0..<2 { await fixture.loops[0].advanceTime(by: Turns.pause) }
        for client in clients.dropLast() { #expect(try await client.told() == ["close 4403 Access revoked"]) }
    }

    /// It was let in, and then revoked, and only then is it there.
    @Test func whoComesWithAnAdmissionFromBeforeIsLetGo() async throws {
        let fixture = EdgeFixture(revocations: revocations)
        revoke(.user("u"))
        let client = try await fixture.client(as: Principal(user: "u"))
        #expect(try await client.told() == ["close 4403 Access revoked"])
        let other = try await fixture.client(as: Principal(user: "v"))
        #expect(try await other.told().isEmpty)
    }
}
