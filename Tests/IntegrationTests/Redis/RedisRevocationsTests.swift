import NIOCore
import Platform
import RedisStores
import Stores
import Testing

extension RedisIntegration {
    @Suite("Redis remembers what is revoked until that is over, and for no longer")
    struct RedisRevocationsTests {
        private static let key = "t:revoked"

        private func with(
            maximum: Int = RedisRevocations.maximum,
            _ body: (RedisServer, RedisRevocations) async throws -> Void
        ) async throws {
            try await RedisServer.with { server in
                let client = try server.client()
                try await client.isUp()
                try await body(server, RedisRevocations(client, names: StoreNames(brand: "t"), maximum: maximum))
                await client.close()
            }
        }

        @Test func whatIsNotOverIsReadAgain() async throws {
            try await with { server, memory in
                let now = WallClock.milliseconds()
                let revocations = [
                    Revocation(.user("u"), at: now, until: now + 60_000),
                    Revocation(.token("t"), at: now, until: now + 90_000),
                    Revocation(.key("k"), at: now, until: now + 30_000),
                ]
                for revocation in revocations { try await memory.remember(revocation) }
                #expect(Set(try await memory.remembered(at: now)) == Set(revocations))
                #expect(try await memory.remembered(at: now + 30_000).map(\.subject) == [.user("u"), .token("t")])
                #expect(try await memory.remembered(at: now + 90_000).isEmpty)
                // The whole goes with its last, also where that was not the last to come.
                let expiry = try await server.command("PEXPIRETIME", Self.key).integer
                #expect(expiry == now + 90_000)
            }
        }

        @Test func whatIsOverMakesRoom() async throws {
            try await with(maximum: 2) { server, memory in
                let now = WallClock.milliseconds()
                try await server.command("ZADD", Self.key, "\(now - 1)", "over")
                for user in ["a", "b"] {
                    try await memory.remember(Revocation(.user(user), at: now, until: now + 60_000))
                }
                #expect(try await server.command("ZCARD", Self.key).integer == 2)
                await #expect {
                    try await memory.remember(Revocation(.user("c"), at: now, until: now + 60_000))
                } throws: { error in
                    "\(error)".contains("there are 2 revocations already, as many as are kept")
                }
                #expect(try await memory.remembered(at: now).count == 2)
            }
        }

        @Test func whatIsForeignThereIsPassedOver() async throws {
            try await with { server, memory in
                let now = WallClock.milliseconds()
                let revocation = Revocation(.user("u"), at: now, until: now + 60_000)
                try await memory.remember(revocation)
                try await server.command("ZADD", Self.key, "\(now + 60_000)", "foreign")
                #expect(try await memory.remembered(at: now) == [revocation])
            }
        }
    }
}
