import NIOCore
import NIOPosix
import Platform
import RedisStores
import StoreContracts
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite("Leased sets in Redis")
    struct RedisLeasedSetsTests {
        private static let set = LeasedSetName(kind: "k", name: "n")
        private static let key = "t:leased:k:{n}"
        private static let one = [LeasedSetBound(set, maximum: 1)]

        private func with(
            _ change: (inout RedisLimits) -> Void = { _ in },
            _ body: (RedisServer, RedisLeasedSets) async throws -> Void
        ) async throws {
            try await RedisServer.with { server in
                let sets = try server.leasedSets(change)
                try await body(server, sets)
                await sets.close()
            }
        }

        /// One server for all: each promise has sets of its own.
        @Test func promises() async throws {
            try await with { _, sets in
                for promise in LeasedSetsContract.promises { try await promise.check(sets) }
            }
        }

        @Test func nothingIsLeftOfASetWhoseMembersAreOver() async throws {
            try await with { server, sets in
                #expect(try await sets.join(Self.one, as: "a", for: .seconds(60)) == .joined)
                let first = try await server.command("PTTL", Self.key).integer ?? 0
                #expect((1...60_000).contains(first))
                #expect(try await sets.join(Self.one, as: "a", for: .seconds(600)) == .joined)
                let second = try await server.command("PTTL", Self.key).integer ?? 0
                #expect((60_001...600_000).contains(second))
                try await sets.leave([LeasedMembership(of: "a", in: Self.set)])
                #expect(try await server.command("EXISTS", Self.key).integer == 0)
            }
        }

        /// Those of a dead node, in a set that only renewals come to.
        @Test func aRenewalTakesOutWhoIsOver() async throws {
            try await with { server, sets in
                try await server.command("ZADD", Self.key, "\(WallClock.milliseconds() - 1)", "dead")
                try await sets.renew([LeasedMembership(of: "a", in: Self.set)], for: .seconds(60))
                #expect(try await server.command("ZCARD", Self.key).integer == 1)
            }
        }

        @Test func scriptsThatRedisHasForgottenAreToldAgain() async throws {
            try await with { server, sets in
                #expect(try await sets.join(Self.one, as: "a", for: .seconds(60)) == .joined)
                try await server.command("SCRIPT", "FLUSH")
                #expect(try await sets.join(Self.one, as: "b", for: .seconds(60)) == .full(0))
            }
        }

        @Test func whereRedisIsAwayOrDoesNotAnswerACallFailsSoon() async throws {
            try await with {
                $0.commandTimeout = .seconds(1)
            } _: { server, sets in
                #expect(try await sets.join(Self.one, as: "a", for: .seconds(60)) == .joined)
                server.freeze()
                await #expect(throws: RedisError.self) { try await sets.members(of: Self.set, limit: 1) }
                server.goOn()
                while (try? await sets.members(of: Self.set, limit: 1)) != ["a"] {
                    try await Task.sleep(for: .milliseconds(5))
                }
                server.stop()
                await #expect(throws: RedisError.self) { try await sets.members(of: Self.set, limit: 1) }
                await sets.close()
                await #expect(throws: RedisError.closed) { try await sets.members(of: Self.set, limit: 1) }
            }
        }
    }
}

extension RedisServer {
    func leasedSets(_ change: (inout RedisLimits) -> Void = { _ in }) throws -> RedisLeasedSets {
        RedisLeasedSets(
            try connector(change),
            names: StoreNames(brand: "t"),
            group: .singletonMultiThreadedEventLoopGroup,
            logger: CollectedLog().logger
        )
    }
}
