import Core
import Logging
import NIOCore
import NIOPosix
import RedisStores
import StoreContracts
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite("The outlet that appends and publishes in one step")
    struct RedisOutletTests {
        private typealias Sample = ContractPublications
        private let names = StoreNames(brand: "t")
        private let receiver = CollectingReceiver()
        private let stream = Sample.freshStream()
        /// Published last: when it is heard, all that was published before has been heard.
        private let end = Sample.freshStream()

        /// What an edge node has, and a client for outlets.
        private func with(
            _ change: (inout RedisLimits) -> Void = { _ in },
            _ body: (RedisServer, RedisClient, RedisHistory, RedisBroker) async throws -> Void
        ) async throws {
            try await RedisServer.with { server in
                let logger = CollectedLog().logger
                let client = try server.client(change)
                let history = RedisHistory(client, names: names, retention: Retention(), logger: logger)
                let group = MultiThreadedEventLoopGroup.singleton
                let broker = RedisBroker(try server.connector(), names: names, group: group, logger: logger)
                let subscriber = broker.attach(receiver)
                try await subscriber.subscribe(to: stream)
                try await subscriber.subscribe(to: end)
                try await body(server, client, history, broker)
                await broker.close()
                await client.close()
            }
        }

        private func outlet(_ client: RedisClient) -> RedisOutlet {
            RedisOutlet(client, names: names, retention: Retention(event: 100_000))
        }

        private func heard(_ broker: RedisBroker) async throws -> [Publication] {
            try await broker.publish([Sample.publication(end, 1)])
            while !receiver.publications.contains(where: { $0.stream == end }) {
                try await Task.sleep(for: .milliseconds(2))
            }
            return receiver.publications.filter { $0.stream == stream }
        }

        @Test func whatIsHeardIsWhatWasKeptAndInItsOrder() async throws {
            try await with { _, client, history, broker in
                try await outlet(client).deliver(Sample.publications(stream, 1...2000))
                #expect(try await heard(broker) == Sample.publications(stream, 1...2000))
                let kept = try await history.read(stream, from: 0, limit: 10_000).entries
                #expect(kept == Sample.publications(stream, 1...2000))
            }
        }

        @Test func whatIsHeardCanBeReadAtOnce() async throws {
            try await with { server, client, history, broker in
                let other = try server.client()
                let reading = RedisHistory(other, names: names, retention: Retention(), logger: CollectedLog().logger)
                for sequence in UInt64(1)...200 {
                    let delivering = Task { try await outlet(client).deliver([Sample.publication(stream, sequence)]) }
                    _ = await receiver.publications(atLeast: Int(sequence))
                    #expect(try await reading.read(stream, from: .max, limit: 0).latest?.sequence == sequence)
                    try await delivering.value
                }
                await other.close()
            }
        }

        /// What a rolling upgrade and the way back leave in a log.
        @Test func whatIsWrittenInBothVersionsIsOneLogAndOneOrder() async throws {
            try await with { _, client, history, broker in
                let outlets = [WireVersion.one, .two, .one].map {
                    RedisOutlet(client, names: names, retention: Retention(), writing: $0)
                }
                try await outlets[0].deliver(Sample.publications(stream, 1...3))
                // As after an answer that was lost: 3 is there already, and that it is of another version is no fault.
                try await outlets[1].deliver(Sample.publications(stream, 3...6))
                try await outlets[2].deliver(Sample.publications(stream, 6...8))
                #expect(try await heard(broker) == Sample.publications(stream, 1...8))
                #expect(
                    try await history.read(stream, from: 0, limit: 99).entries == Sample.publications(stream, 1...8)
                )
            }
        }

        @Test func aRefusalIsPublishedAndNotKept() async throws {
            try await with { _, client, history, broker in
                let refusal = Sample.publication(stream, 0, kind: .refusal)
                let batch = [Sample.publication(stream, 1), refusal, Sample.publication(stream, 2)]
                try await outlet(client).deliver(batch)
                #expect(try await heard(broker) == batch)
                #expect(try await history.read(stream, from: 0, limit: 9).entries.map(\.position.sequence) == [1, 2])
            }
        }

        @Test func aFencedWriterNeitherKeepsNorPublishesOneRecord() async throws {
            try await with { _, client, history, broker in
                try await outlet(client).deliver([Sample.publication(stream, 1, epoch: 7)])
                for batch in [
                    Sample.publications(stream, 2...1500, epoch: 6),
                    [Sample.publication(stream, 0, epoch: 6, kind: .refusal)],
                    [Sample.publication(Sample.freshStream(), 1, epoch: 6)],
                ] {
                    await #expect(throws: HistoryError.fenced(batch[0].stream, epoch: 6, current: 7)) {
                        try await outlet(client).deliver(batch)
                    }
                }
                #expect(try await heard(broker) == [Sample.publication(stream, 1, epoch: 7)])
                #expect(try await history.read(stream, from: 0, limit: 9).entries.count == 1)
            }
        }

        @Test func aPublicationThatIsOutOfOrderIsNotPublishedNorWhatIsBehindIt() async throws {
            try await with { _, client, history, broker in
                try await outlet(client).deliver(Sample.publications(stream, 1...5))
                try await outlet(client).deliver(Sample.publications(stream, 6...600, epoch: 2))
                await #expect(throws: HistoryError.outOfOrder(stream, sequence: 600, last: 600)) {
                    try await outlet(client).deliver(Sample.publications(stream, 600...900, epoch: 3))
                }
                #expect(try await heard(broker).map(\.position.sequence) == Array(1...600))
                #expect(try await history.read(stream, from: 0, limit: 9).latest?.sequence == 600)
            }
        }

        /// In the place of one log stands something else: that stream alone is neither kept nor heard.
        @Test(arguments: [
            ["SET", "KEY", "x"], ["LPUSH", "KEY", "x"],
            ["XADD", "KEY", "18446744073709551615-18446744073709551615", "a", "b"],
        ])
        func aLogThatCannotBeUsedCostsOnlyItsOwnStream(_ words: [String]) async throws {
            try await with { server, client, history, broker in
                let other = Sample.freshStream()
                let key = names.logKey(other)
                _ = try await client.send(RedisCommand(words.map { $0 == "KEY" ? key : $0 }))
                // In several parts, the other stream in each.
                func batch(_ numbers: ClosedRange<UInt64>) -> [Publication] {
                    numbers.flatMap { [Sample.publication(other, $0), Sample.publication(stream, $0)] }
                }
                let error = await #expect(throws: HistoryError.self) {
                    try await outlet(client).deliver(batch(1...1500))
                }
                guard case .unusable(let logs) = error else { return #expect(Bool(false), "\(error as Any)") }
                #expect(Array(logs.keys) == [other] && logs[other]?.contains(key) == true)
                #expect(try await history.read(stream, from: 0, limit: 9).latest?.sequence == 1500)
                _ = try await client.send(RedisCommand("DEL", key))
                try await outlet(client).deliver(batch(1501...1502))
                #expect(
                    try await history.read(other, from: 0, limit: 9).entries == Sample.publications(other, 1501...1502)
                )
                #expect(try await client.send(RedisCommand("PTTL", key)).integer ?? 0 > 0, "the new log has its expiry")
                #expect(try await heard(broker) == Sample.publications(stream, 1...1502))
            }
        }

        @Test func aLogThatWasEmptiedSaysWhatItsLastNumberWas() async throws {
            try await with { _, client, history, broker in
                try await outlet(client).deliver(Sample.publications(stream, 1...100))
                _ = try await client.send(RedisCommand("XTRIM", names.logKey(stream), "MAXLEN", "0"))
                let other = Sample.publication(Sample.freshStream(), 1, epoch: 2)
                await #expect(throws: HistoryError.outOfOrder(stream, sequence: 1, last: 100)) {
                    try await outlet(client).deliver([other, Sample.publication(stream, 1, epoch: 2)])
                }
                try await outlet(client).deliver([other, Sample.publication(stream, 101, epoch: 2)])
                #expect(try await heard(broker).map(\.position.sequence) == Array(1...101))
                #expect(try await history.read(other.stream, from: 0, limit: 9).entries == [other])
            }
        }

        @Test func aBatchWhoseAnswerWasLostIsNotPublishedTwice() async throws {
            try await with({ $0.commandTimeout = .milliseconds(200) }) { server, client, history, broker in
                let outlet = outlet(client)
                try await outlet.deliver(Sample.publications(stream, 1...3))
                server.freeze()
                await #expect(throws: RedisError.self) { try await outlet.deliver(Sample.publications(stream, 4...9)) }
                server.goOn()
                try await client.isUp()
                while try await server.command("XLEN", names.logKey(stream)).integer != 9 {}
                try await outlet.deliver(Sample.publications(stream, 4...12))
                #expect(try await heard(broker) == Sample.publications(stream, 1...12))
            }
        }
    }
}
