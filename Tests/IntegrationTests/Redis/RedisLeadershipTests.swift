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
    @Suite("Leadership by a lease in Redis")
    struct RedisLeadershipTests: LeadershipSuite {
        let log = CollectedLog()

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

        @Test func aStandbySaysOnceThatAnotherLeads() async throws {
            try await RedisServer.with { server in
                let clock = AheadClock()
                let (one, two) = (try candidate(server, lease: .seconds(3)), try candidate(server, clock: clock))
                let term = try await one.acquire()
                let asked = Locked(0)
                let waiting = Task {
                    try await two.acquire {
                        asked.value += 1
                        // So much later that the limit of the log's lines holds nothing back.
                        clock.jump(by: .seconds(11))
                    }
                }
                while asked.value < 3 { try await Task.sleep(for: .milliseconds(5)) }
                waiting.cancel()
                _ = try? await waiting.value
                #expect(log.lines.filter { $0.contains("another ingestor leads; standing by") }.count == 1)
                await term.resign()
                for candidate in [one, two] { await candidate.close() }
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
