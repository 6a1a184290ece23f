import Logging
import NIOCore
import NIOPosix
import Platform
import RedisStores
import Stores
import Synchronization
import Testing

extension RedisIntegration {
    @Suite("Leadership by a lease in Redis")
    struct RedisLeadershipTests {
        private let names = StoreNames(brand: "t")
        private let log = CollectedLog()
        private let lease = Duration.milliseconds(600)

        /// A clock that is ahead by what a test says: to the holder it is as if it had been stopped for so long.
        private final class Clock: Sendable {
            private let ahead = Mutex(Duration.zero)
            var now: ContinuousClock.Instant { .now + ahead.withLock { $0 } }
            func jump(by duration: Duration) { ahead.withLock { $0 += duration } }
        }

        private func candidate(
            _ server: RedisServer,
            lease: Duration? = nil,
            clock: Clock = Clock()
        ) throws -> RedisLeadership {
            RedisLeadership(
                try server.connector(),
                names: names,
                lease: lease ?? self.lease,
                group: .singletonMultiThreadedEventLoopGroup,
                logger: log.logger,
                now: { clock.now }
            )
        }

        @Test func oneLeadsAndTheOtherTakesOverAtOnceWhenItResigns() async throws {
            try await RedisServer.with { server in
                // So long that a busy machine renews it in time.
                let lease = Duration.seconds(3)
                let (one, two) = (try candidate(server, lease: lease), try candidate(server, lease: lease))
                let first = try await one.acquire()
                #expect(first.isHeld)
                let waiting = Task { try await two.acquire() }
                // Several leases long: it is renewed.
                try await Task.sleep(for: lease * 2)
                #expect(first.isHeld)
                #expect(log.lines.contains { $0.contains("another ingestor leads; standing by") })
                let start = ContinuousClock.now
                await first.resign()
                #expect(!first.isHeld)
                #expect(await first.ended() == "resigned")
                let second = try await waiting.value
                #expect(ContinuousClock.now - start < lease / 2)
                #expect(second.isHeld)
                #expect(second.epoch > first.epoch)
                await second.resign()
                for candidate in [one, two] { await candidate.close() }
            }
        }

        /// Redis was too slow for a while: it carried a renewal out, and its answer came when the term was over.
        @Test func aLeaseThatWasRenewedTooLateKeepsNobodyFromLeadingOnceItIsResigned() async throws {
            try await RedisServer.with { server in
                let clock = Clock()
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

        @Test func ofManyWhoTryAtOnceNeverTwoLead() async throws {
            try await RedisServer.with { server in
                let leading = Locked(0)
                let epochs = Locked<[UInt64]>([])
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for _ in 0..<8 {
                        let candidate = try candidate(server)
                        tasks.addTask {
                            let term = try await candidate.acquire()
                            #expect(leading.exchange(1) == 0)
                            #expect(term.isHeld)
                            epochs.value += [term.epoch]
                            try await Task.sleep(for: .milliseconds(20))
                            leading.value = 0
                            await term.resign()
                            await candidate.close()
                        }
                    }
                    try await tasks.waitForAll()
                }
                #expect(epochs.value.count == 8)
                #expect(epochs.value == epochs.value.sorted() && Set(epochs.value).count == 8)
            }
        }

        @Test func aHolderThatJustStopsIsFollowedWithinALeaseAndAPoll() async throws {
            try await RedisServer.with { server in
                let (one, two) = (try candidate(server), try candidate(server))
                let first = try await one.acquire()
                let waiting = Task { try await two.acquire() }
                let start = ContinuousClock.now
                // Without its connection it can't renew: as if its machine had died.
                await one.close()
                let reason = await first.ended()
                #expect(reason.hasPrefix("the lease could not be renewed in time"))
                #expect(!first.isHeld)
                #expect(!waiting.isCancelled)
                let second = try await waiting.value
                let time = ContinuousClock.now - start
                print("a lease of \(lease) was taken over after \(time)")
                #expect(time < lease + lease / 3)
                #expect(second.epoch > first.epoch)
                await second.resign()
                await two.close()
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
                let clock = Clock()
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
                let clock = Clock()
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

        @Test func anEmptiedRedisEndsTheTermAndTheNextOneIsHigher() async throws {
            try await RedisServer.with { server in
                let candidate = try candidate(server)
                let first = try await candidate.acquire()
                try await server.command("FLUSHALL")
                #expect(await first.ended() == "the lease is gone: Redis has lost it, or it had run out")
                let second = try await candidate.acquire()
                #expect(second.epoch > first.epoch)
                server.stop()
                try await server.start()
                _ = await second.ended()
                let third = try await candidate.acquire()
                #expect(third.epoch > second.epoch)
                await third.resign()
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

        @Test func theTermRisesByOneWhereTheStoredOneIsAheadOfTheClock() async throws {
            try await RedisServer.with { server in
                try await server.command("SET", names.termKey, "9007199254740993")
                let candidate = try candidate(server)
                let term = try await candidate.acquire()
                #expect(term.epoch == 9_007_199_254_740_994)
                await term.resign()
                await candidate.close()
            }
        }

        @Test func theFirstTermIsRedissClockInMilliseconds() async throws {
            try await RedisServer.with { server in
                let candidate = try candidate(server)
                let (before, term, after) = (
                    WallClock.milliseconds(), try await candidate.acquire(), WallClock.milliseconds()
                )
                #expect((before...after).contains(Int64(term.epoch)))
                #expect(try await server.command("GET", names.termKey).text == "\(term.epoch)")
                await term.resign()
                await candidate.close()
            }
        }

        /// What keeps Redis from giving the lease to anybody, what undoes it, and the word for it.
        private static let refusals: [(arguments: [String], set: [[String]], undo: [[String]], word: String)] = [
            ([], [["REPLICAOF", "127.0.0.1", "1"]], [], "READONLY"),
            ([], [["CONFIG", "SET", "maxmemory", "1"]], [["CONFIG", "SET", "maxmemory", "0"]], "OOM"),
            (
                [], [["CONFIG", "SET", "min-replicas-to-write", "1"]],
                [["CONFIG", "SET", "min-replicas-to-write", "0"]],
                "NOREPLICAS"
            ),
            (
                [], [["ACL", "SETUSER", "default", "-incr"]], [["ACL", "SETUSER", "default", "+incr"]],
                "can't run this command"
            ),
            (["--cluster-enabled", "yes"], [["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]], [], "CROSSSLOT"),
        ]

        @Test(arguments: refusals)
        func aStandbyThatCannotAskForTheLeaseSaysWhy(
            _ refusal: (arguments: [String], set: [[String]], undo: [[String]], word: String)
        ) async throws {
            try await RedisServer.with(refusal.arguments) { server in
                let candidate = try candidate(server)
                #expect(candidate.problem == nil)
                let client = try server.client()
                for words in refusal.set { _ = try await client.send(RedisCommand(words)) }
                let waiting = Task { try await candidate.acquire() }
                while candidate.problem?.contains(refusal.word) != true { try await Task.sleep(for: .milliseconds(5)) }
                if !refusal.undo.isEmpty {
                    for words in refusal.undo { _ = try await client.send(RedisCommand(words)) }
                    let term = try await waiting.value
                    #expect(candidate.problem == nil)
                    await term.resign()
                }
                waiting.cancel()
                _ = await waiting.result
                await candidate.close()
                await client.close()
            }
        }

        @Test func aTermSaysWhichWasBeforeAndWhetherNobodyTookItsPlace() async throws {
            try await RedisServer.with { server in
                let candidate = try candidate(server)
                let first = try await candidate.acquire()
                #expect(first.previous == nil && !first.isVacant)
                server.freeze()
                _ = await first.ended()
                #expect(first.isVacant)
                server.goOn()
                let second = try await candidate.acquire()
                #expect(second.previous == first.epoch)
                try await server.command("SET", names.leaderKey, "somebody")
                _ = await second.ended()
                #expect(!second.isVacant)
                try await server.command("DEL", names.leaderKey)
                let third = try await candidate.acquire()
                await third.resign()
                #expect(third.previous == second.epoch && !third.isVacant)
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

        /// It alone still has what could not be delivered.
        @Test func theLastLeaderIsFirstWhenRedisIsBack() async throws {
            try await RedisServer.with { server in
                let lease = Duration.seconds(2)
                let (one, two) = (try candidate(server, lease: lease), try candidate(server, lease: lease))
                let first = try await one.acquire()
                let other = Task { try await two.acquire() }
                while !log.lines.contains(where: { $0.contains("standing by") }) {
                    try await Task.sleep(for: .milliseconds(5))
                }
                server.stop()
                _ = await first.ended()
                let again = Task { try await one.acquire() }
                try await server.start()
                let second = try await again.value
                #expect(second.isHeld)
                other.cancel()
                await second.resign()
                if let late = try? await other.value {
                    #expect(late.epoch > second.epoch)
                    await late.resign()
                }
                for candidate in [one, two] { await candidate.close() }
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

        @Test func whileRedisIsAwayItIsTriedForAndSaidOnce() async throws {
            let server = try RedisServer()
            defer { server.stop() }
            let candidate = try candidate(server)
            let waiting = Task { try await candidate.acquire() }
            #expect(await log.lines(atLeast: 2).contains { $0.contains("can't ask for the leader's lease") })
            try await server.start()
            let term = try await waiting.value
            #expect(term.isHeld)
            #expect(log.lines.filter { $0.hasPrefix("warning") }.count == 2, "one of the connection, one of the lease")
            await term.resign()
            await candidate.close()
        }
    }
}
