import Core
import Logging
import NIOCore
import RedisStores
import StoreContracts
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite("The history in Redis")
    struct RedisHistoryTests: HistorySuite {
        private typealias Sample = ContractPublications
        let log = CollectedLog()

        /// Each history has a brand of its own, and so a term.
        @Test(arguments: HistoryContract.promises)
        func promise(_ promise: HistoryContract) async throws {
            try await RedisServer.with { server in
                let made = Locked<[RedisHistory]>([])
                let subject = HistoryContract.Subject(slack: 100) { retention in
                    let history = RedisHistory(
                        try server.client(),
                        names: StoreNames(brand: "t\(made.value.count)"),
                        retention: retention,
                        logger: log.logger
                    )
                    made.value.append(history)
                    return history
                }
                try await promise.check(subject)
                for history in made.value { await history.close() }
            }
        }

        @Test func anAppendWhoseAnswerWasLostCanBeRepeated() async throws {
            try await RedisServer.with { server in
                let history = try history(server) { $0.commandTimeout = .milliseconds(200) }
                let stream = Sample.freshStream()
                try await history.append(Sample.publications(stream, 1...3))
                server.freeze()
                await #expect(throws: RedisError.self) { try await history.append(Sample.publications(stream, 4...6)) }
                // What lies in its socket it does now; nobody hears the answer.
                server.goOn()
                while try await server.command("XLEN", names.logKey(stream)).integer != 6 {}
                while !history.status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
                try await history.append(Sample.publications(stream, 4...7))
                let slice = try await history.read(stream, from: 0, limit: 100)
                #expect(slice.entries == Sample.publications(stream, 1...7))
                await history.close()
            }
        }

        @Test func aConnectionThatIsKilledWhileBatchesAreAppendedLosesAndRepeatsNothing() async throws {
            try await RedisServer.with { server in
                let history = try history(server, Retention(event: 100_000))
                let stream = Sample.freshStream()
                let killing = Task {
                    while !Task.isCancelled {
                        try await server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                        try await Task.sleep(for: .milliseconds(30))
                    }
                }
                for batch in 0..<40 {
                    let publications = Sample.publications(stream, UInt64(batch) * 700 + 1...UInt64(batch) * 700 + 700)
                    while true {
                        do {
                            try await history.append(publications)
                            break
                        } catch is RedisError {
                            try await Task.sleep(for: .milliseconds(5))
                        }
                    }
                }
                killing.cancel()
                _ = await killing.result
                while !history.status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
                let entries = try await history.read(stream, from: 0, limit: 100_000).entries
                #expect(entries.map(\.position.sequence) == Array(1...28_000))
                await history.close()
            }
        }

        @Test func aRestartedServerAndAFlushedScriptAreWrittenToAgain() async throws {
            try await RedisServer.with { server in
                let history = try history(server)
                let stream = Sample.freshStream()
                try await history.append(Sample.publications(stream, 1...2))
                try await server.command("SCRIPT", "FLUSH")
                try await history.append(Sample.publications(stream, 3...4))
                #expect(try await history.read(stream, from: 0, limit: 9).entries.count == 4)
                server.stop()
                while history.status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
                await #expect(throws: RedisError.self) { try await history.append(Sample.publications(stream, 5...5)) }
                try await server.start()
                while !history.status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
                try await history.append(Sample.publications(stream, 5...6))
                let slice = try await history.read(stream, from: 0, limit: 9)
                #expect(slice.entries == Sample.publications(stream, 5...6))
                await history.close()
            }
        }

        @Test func aStreamIsForgottenAfterTheIdleExpiryAndNotBefore() async throws {
            try await RedisServer.with { server in
                let history = try history(server, Retention(event: 100_000, idleExpiry: .milliseconds(800)))
                let stream = Sample.freshStream()
                let start = ContinuousClock.now
                var sequence: UInt64 = 0
                while ContinuousClock.now - start < .milliseconds(1500) {
                    sequence += 1
                    try await history.append([Sample.publication(stream, sequence)])
                    let left = try await server.command("PTTL", names.logKey(stream)).integer ?? 0
                    #expect((700...900).contains(left))
                }
                #expect(try await history.read(stream, from: 0, limit: 9999).oldest?.sequence == 1)
                while try await history.read(stream, from: 0, limit: 1).oldest != nil {}
                #expect(ContinuousClock.now - start > .milliseconds(2300))
                await history.close()
            }
        }

        @Test func whereAStreamStoodIsKnownUntilTheHeadExpires() async throws {
            try await RedisServer.with { server in
                let retention = Retention(idleExpiry: .milliseconds(100), headExpiry: .seconds(2))
                let history = try history(server, retention)
                let (stream, other) = (Sample.freshStream(), Sample.freshStream())
                let batch = Sample.publications(stream, 1...3, epoch: 1 << 60)
                try await history.append(batch + Sample.publications(other, 8...8, epoch: 1 << 60))
                #expect(try await server.command("GET", names.headKey(stream)).text == "\(1 << 60 as UInt64) 3")
                try await server.command("DEL", names.logKey(stream), names.logKey(other))
                for (stream, sequence) in [(stream, 3), (other, 8)] as [(StreamName, UInt64)] {
                    let head = HistorySlice(latest: Position(epoch: 1 << 60, sequence: sequence))
                    #expect(try await history.read(stream, from: 0, limit: 9) == head)
                    #expect(try await history.read(stream, from: .max, limit: 0) == head)
                }
                #expect((1500...2000).contains(try await server.command("PTTL", names.headKey(stream)).integer ?? 0))
                while try await history.read(stream, from: 0, limit: 1).latest != nil {}
                await history.close()
            }
        }

        @Test func everyStreamHasAnExpiryAlsoAfterRedisLostWhatItHad() async throws {
            try await RedisServer.with { server in
                let history = try history(server)
                let (first, later) = (Sample.freshStream(), Sample.freshStream())
                for sequence in UInt64(1)...2 {
                    try await history.append([first, later].map { Sample.publication($0, sequence) })
                }
                try await server.command("FLUSHALL")
                for stream in [first, later] {
                    try await history.append([Sample.publication(stream, 3)])
                    #expect(try await server.command("XLEN", names.logKey(stream)) == .integer(1))
                    #expect(try await server.command("PTTL", names.logKey(stream)).integer ?? 0 > 600_000)
                }
                await history.close()
            }
        }

        @Test func theBoundsAreOfTheLogThatTheEntriesAreOf() async throws {
            try await RedisServer.with { server in
                let history = try history(server, Retention(event: 1))
                let stream = Sample.freshStream()
                try await history.append([Sample.publication(stream, 1)])
                let writing = Task {
                    for sequence in UInt64(2)... where !Task.isCancelled {
                        try await history.append([Sample.publication(stream, sequence)])
                        if Task.isCancelled { return }
                    }
                }
                for _ in 0..<500 {
                    let slice = try await history.read(stream, from: 0, limit: 10_000)
                    #expect(slice.oldest == slice.entries.first?.position)
                    #expect(slice.latest == slice.entries.last?.position)
                }
                writing.cancel()
                _ = await writing.result
                await history.close()
            }
        }

        @Test func aLogIsReadAlsoWhenTheMemoryIsFull() async throws {
            try await RedisServer.with(["--maxmemory-policy", "noeviction"]) { server in
                let history = try history(server)
                let stream = Sample.freshStream()
                try await history.append(Sample.publications(stream, 1...9))
                try await server.command("CONFIG", "SET", "maxmemory", "1")
                await #expect(throws: RedisError.self) {
                    try await history.append(Sample.publications(stream, 10...10))
                }
                let slice = try await history.read(stream, from: 4, limit: 3)
                #expect(slice.entries == Sample.publications(stream, 4...6))
                #expect(slice.oldest?.sequence == 1 && slice.latest?.sequence == 9)
                #expect(try await history.read(Sample.freshStream(), from: 1, limit: 3) == HistorySlice())
                await history.close()
            }
        }

        @Test func aLargeBatchIsKeptWholeAndInOrder() async throws {
            try await RedisServer.with { server in
                let history = try history(server, Retention(event: 100_000))
                let streams = (0..<7).map { _ in Sample.freshStream() }
                let batch = (UInt64(1)...2000).flatMap { sequence in streams.map { Sample.publication($0, sequence) } }
                try await history.append(batch)
                for stream in streams {
                    let slice = try await history.read(stream, from: 0, limit: 100_000)
                    #expect(slice.entries == Sample.publications(stream, 1...2000))
                }
                await history.close()
            }
        }

        @Test func nothingIsKeptBehindARefusedPublicationHoweverLargeTheBatch() async throws {
            try await RedisServer.with { server in
                let history = try history(server, Retention(event: 100_000))
                let (stream, other) = (Sample.freshStream(), Sample.freshStream())
                try await history.append(Sample.publications(stream, 1...10))
                let batch =
                    Sample.publications(other, 1...600, epoch: 2) + Sample.publications(stream, 10...3000, epoch: 2)
                await #expect(throws: HistoryError.outOfOrder(stream, sequence: 10, last: 10)) {
                    try await history.append(batch)
                }
                #expect(try await history.read(stream, from: 0, limit: 9999).latest == Position(epoch: 1, sequence: 10))
                #expect(try await history.read(other, from: 0, limit: 9999).entries.count == 600)
                await history.close()
            }
        }
    }
}
