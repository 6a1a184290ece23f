import Logging
import NIOCore
import NIOPosix
import Platform
import RedisStores
import Stores
import Synchronization
import TestSupport
import Testing

extension RedisIntegration {
    @Suite("For how long a lease in Redis is held")
    struct RedisLeaseTests: LeadershipSuite {
        let log = CollectedLog()

        /// Redis was too slow for a while: it carried a renewal out, and its answer came when the term was over.
        @Test func aLeaseThatWasRenewedTooLateKeepsNobodyFromLeadingOnceItIsResigned() async throws {
            try await RedisServer.with { server in
                let clock = AheadClock()
                let (one, two) = (try candidate(server, clock: clock), try candidate(server))
                let first = try await one.acquire()
                clock.jump(by: lease)
                let other = RedisClient(
                    try server.connector(),
                    purpose: "test",
                    group: .singletonMultiThreadedEventLoopGroup,
                    logger: log.logger
                )
                _ = try await other.submit(RedisBatch([RedisCommand("PEXPIRE", names.leaderKey, "60000")])).get()
                #expect(await first.ended().hasPrefix("the lease could not be renewed in time"))
                await first.resign()
                let start = ContinuousClock.now
                let second = try await two.acquire()
                #expect(ContinuousClock.now - start < .seconds(20))
                await first.resign()
                #expect(second.isHeld && second.epoch > first.epoch)
                await second.resign()
                for candidate in [one, two] { await candidate.close() }
                await other.close()
            }
        }

        @Test func theTermIsOverForItsHolderBeforeAnotherLeads() async throws {
            try await RedisServer.with { server in
                let (one, two) = (try candidate(server), try candidate(server))
                let first = try await one.acquire()
                let waiting = Task {
                    let term = try await two.acquire()
                    return (term, first.isHeld)
                }
                await one.close()
                let (second, firstWasHeld) = try await waiting.value
                #expect(!firstWasHeld)
                await second.resign()
                await two.close()
            }
        }

        @Test func aHolderThatWasStoppedFindsThatItHoldsNothing() async throws {
            try await RedisServer.with { server in
                let clock = AheadClock()
                let candidate = try candidate(server, clock: clock)
                let term = try await candidate.acquire()
                clock.jump(by: lease * 8 / 10)
                #expect(term.isHeld)
                clock.jump(by: lease / 10)
                #expect(!term.isHeld)
                #expect(await term.ended().hasPrefix("the lease could not be renewed in time"))
                #expect(!term.isHeld)
                await candidate.close()
            }
        }

        @Test func theLeaseCountsFromWhenItWasAskedForAndNotFromTheAnswer() async throws {
            try await RedisServer.with { server in
                let clock = AheadClock()
                let candidate = try candidate(server, lease: .seconds(4), clock: clock)
                // Connected, and the script is known.
                await (try await candidate.acquire()).resign()
                server.freeze()
                let waiting = Task { try await candidate.acquire() }
                try await Task.sleep(for: .milliseconds(500))
                server.goOn()
                let term = try await waiting.value
                #expect(term.isHeld)
                clock.jump(by: .milliseconds(3200))
                #expect(!term.isHeld, "3.7 s after it was asked for, though 3.2 s after the answer")
                await term.resign()
                await candidate.close()
            }
        }

        @Test func aRedisThatAnswersNothingEndsTheTermInTime() async throws {
            try await RedisServer.with { server in
                let candidate = try candidate(server)
                let term = try await candidate.acquire()
                let start = ContinuousClock.now
                server.freeze()
                let reason = await term.ended()
                #expect(ContinuousClock.now - start < lease)
                #expect(reason.hasPrefix("the lease could not be renewed in time: "))
                #expect(!term.isHeld)
                server.goOn()
                let next = try await candidate.acquire()
                #expect(next.epoch > term.epoch)
                await next.resign()
                await candidate.close()
            }
        }

        @Test func aLeaseThatAnotherTookEndsTheTermAndIsLeftToIt() async throws {
            try await RedisServer.with { server in
                let candidate = try candidate(server)
                let term = try await candidate.acquire()
                try await server.command("SET", names.leaderKey, "somebody")
                #expect(await term.ended() == "another ingestor holds the lease")
                await term.resign()
                #expect(try await server.command("GET", names.leaderKey).text == "somebody")
                await candidate.close()
            }
        }

        /// Redis was stopped, and finds what a candidate asked for long ago and has given up.
        @Test func aRequestThatIsCarriedOutTooLateGivesTheLeaseToNobody() async throws {
            try await RedisServer.with { server in
                let (one, two) = (try candidate(server), try candidate(server))
                let first = try await one.acquire()
                let waiting = Task { try await two.acquire() }
                while !log.lines.contains(where: { $0.contains("standing by") }) {
                    try await Task.sleep(for: .milliseconds(5))
                }
                server.freeze()
                while two.problem == nil { try await Task.sleep(for: .milliseconds(5)) }
                _ = await first.ended()
                waiting.cancel()
                _ = await waiting.result
                for candidate in [one, two] { await candidate.close() }
                // The lease has run out when it goes on.
                try await Task.sleep(for: lease / 4)
                server.goOn()
                #expect(try await server.command("EXISTS", names.leaderKey).integer == 0)
            }
        }

        @Test func aStoppedCandidateThrowsAndLeavesNoLease() async throws {
            try await RedisServer.with { server in
                let (one, two) = (try candidate(server), try candidate(server))
                let term = try await one.acquire()
                let waiting = Task { try await two.acquire() }
                _ = await log.lines(atLeast: 1)
                waiting.cancel()
                await #expect(throws: CancellationError.self) { try await waiting.value }
                let ending = Task { await term.ended() }
                ending.cancel()
                #expect(await ending.value == "cancelled")
                #expect(term.isHeld)
                await term.resign()
                #expect(try await server.command("EXISTS", names.leaderKey) == .integer(0))
                for candidate in [one, two] { await candidate.close() }
            }
        }
    }
}
