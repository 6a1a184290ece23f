import Core
import Logging
import NIOCore
import RedisStores
import StoreContracts
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite("What others left in the history in Redis")
    struct RedisForeignEntriesTests: HistorySuite {
        private typealias Sample = ContractPublications
        let log = CollectedLog()

        @Test func aHeadThatNoLeaderWroteIsNone() async throws {
            try await RedisServer.with { server in
                let history = try history(server)
                let stream = Sample.freshStream()
                for text in ["", "7", "7 ", "7 8 9", "0 1", "1 0", "x 1", "1 9223372036854775808"] {
                    try await server.command("SET", names.headKey(stream), text)
                    #expect(try await history.read(stream, from: 0, limit: 9) == HistorySlice())
                }
                await history.close()
            }
        }

        @Test func aKeyOfAnotherTypeIsAnErrorInWords() async throws {
            try await RedisServer.with { server in
                let history = try history(server)
                let stream = Sample.freshStream()
                try await server.command("SET", names.logKey(stream), "x")
                let error = await #expect(throws: HistoryError.self) {
                    try await history.append([Sample.publication(stream, 1)])
                }
                let words = error?.description ?? ""
                #expect(words.hasPrefix("the log of \(stream) can't be used: t:log:{\(stream)}: WRONGTYPE Operation"))
                await #expect(throws: HistoryError.self) { try await history.read(stream, from: 0, limit: 1) }
                try await history.append([Sample.publication(Sample.freshStream(), 1)])
                await history.close()
            }
        }

        @Test func entriesThatCannotBeReadAreLeftOutAndSaid() async throws {
            try await RedisServer.with { server in
                let history = try history(server)
                let stream = Sample.freshStream()
                let key = names.logKey(stream)
                try await history.append(Sample.publications(stream, 2...3))
                var newer = ByteBuffer()
                PublicationRecord.write(Sample.publication(stream, 4), into: &newer)
                newer.setInteger(99 as UInt8, at: 0)
                var displaced = ByteBuffer()
                PublicationRecord.write(Sample.publication(stream, 9), into: &displaced)
                let client = try server.client()
                for (id, record) in [("4-0", newer), ("5-0", displaced)] {
                    var command = RedisCommand("XADD", key, id, "p")
                    command.append(record)
                    _ = try await client.send(command)
                }
                await client.close()
                try await server.command("XADD", key, "6-0", "other", "field")
                try await history.append(Sample.publications(stream, 7...7))
                try await server.command("XADD", key, "8-5", "p", "short")
                let slice = try await history.read(stream, from: 0, limit: 100)
                #expect(slice.entries.map(\.position.sequence) == [2, 3, 7])
                #expect(slice.oldest == Position(epoch: 1, sequence: 2))
                #expect(slice.latest == Position(epoch: 0, sequence: 8), "what Redis judges the next append by")
                let lines = await log.lines(atLeast: 4).joined(separator: "\n")
                for words in ["key=\(key)", "of version 99", "is of sequence 9", "has no field p", "of version 115"] {
                    #expect(lines.contains(words))
                }
                await history.close()
            }
        }

        @Test(arguments: ["18446744073709551615-0", "9223372036854775808-0"])
        func aLogThatEndsWithANumberThatNoPublicationHasCannotBeRead(id: String) async throws {
            try await RedisServer.with { server in
                let history = try history(server)
                let (stream, other) = (Sample.freshStream(), Sample.freshStream())
                try await history.append([Sample.publication(stream, 1), Sample.publication(other, 1)])
                try await server.command("XADD", names.logKey(stream), id, "p", "x")
                let error = await #expect(throws: HistoryError.self) {
                    try await history.read(stream, from: .max, limit: 0)
                }
                #expect(error?.description.contains(id) == true)
                #expect(try await history.read(other, from: 0, limit: 9).latest?.sequence == 1)
                await history.close()
            }
        }

        @Test func anEntryOfAnEpochThatNoLeaderHasFencesNobody() async throws {
            try await RedisServer.with { server in
                let history = try history(server)
                let stream = Sample.freshStream()
                try await history.append([Sample.publication(stream, 1)])
                var foreign = ByteBuffer()
                PublicationRecord.write(Sample.publication(stream, 2, epoch: .max), into: &foreign)
                let client = try server.client()
                var command = RedisCommand("XADD", names.logKey(stream), "2-0", "p")
                command.append(foreign)
                _ = try await client.send(command)
                await client.close()
                await #expect(throws: HistoryError.outOfOrder(stream, sequence: 2, last: 2)) {
                    try await history.append([Sample.publication(stream, 2)])
                }
                #expect(try await history.read(stream, from: 0, limit: 9).entries.count == 1)
                try await history.append([Sample.publication(stream, 3)])
                await history.close()
            }
        }

        @Test func aHigherEpochInTheLogFencesAlsoWhereTheTermWasLost() async throws {
            try await RedisServer.with { server in
                let history = try history(server)
                let stream = Sample.freshStream()
                try await history.append(Sample.publications(stream, 1...2, epoch: 300))
                try await server.command("DEL", names.termKey)
                await #expect(throws: HistoryError.fenced(stream, epoch: 200, current: 300)) {
                    try await history.append(Sample.publications(stream, 2...2, epoch: 200))
                }
                await history.close()
            }
        }

        @Test(arguments: [(9, 10), (99, 100), (.max - 1, .max), (1 << 53, 1 << 53 + 1)] as [(UInt64, UInt64)])
        func termsAreComparedExactly(_ lower: UInt64, _ higher: UInt64) async throws {
            try await RedisServer.with { server in
                let history = try history(server)
                let stream = Sample.freshStream()
                try await history.append([Sample.publication(stream, 1, epoch: lower)])
                try await history.append([Sample.publication(stream, 2, epoch: higher)])
                await #expect(throws: HistoryError.fenced(stream, epoch: lower, current: higher)) {
                    try await history.append([Sample.publication(stream, 3, epoch: lower)])
                }
                #expect(try await server.command("GET", names.termKey).text == "\(higher)")
                await history.close()
            }
        }
    }
}
