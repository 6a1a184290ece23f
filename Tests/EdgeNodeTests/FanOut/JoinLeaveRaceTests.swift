import NIOCore
import Stores
import TestSupport
import Testing

@testable import EdgeNode

/// Joining in the instant in which the last one leaves: always data afterwards.
@Suite struct JoinLeaveRaceTests {
    private let broker = HeldBroker()
    private let fixture: EdgeFixture

    init() { fixture = EdgeFixture(shards: 2, broker: broker) { $0.linger = .seconds(1) } }

    @Test func aJoinerWhileTheBrokerIsToldThatNobodyIsLeftGetsData() async throws {
        try await fixture.publish(.ticker(1))
        let first = try await fixture.client()
        try await first.subscribe("ticker:BTCUSDT")
        broker.hold()
        try await first.disconnect()
        try await fixture.sweep(seconds: 2)
        try await fixture.until { broker.calls.count == 2 }
        let second = try await fixture.client(shard: 1)
        try await second.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#)
        #expect(try await second.told().isEmpty)
        try await fixture.publish(.ticker(2))
        broker.release()
        #expect(try await second.awaitTold() == ["subscribe ticker:BTCUSDT", "snapshot 2 @1"])
        try await fixture.publish(.ticker(3))
        #expect(try await second.told() == ["update 3"])
        #expect(broker.calls == ["+ticker.BTCUSDT", "-ticker.BTCUSDT", "+ticker.BTCUSDT"])
    }

    @Test func whatIsPublishedWhileTheHistoryIsReadIsNeitherLostNorRepeated() async throws {
        try await fixture.publish(.ticker(1))
        broker.hold()
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#)
        try await fixture.until { broker.calls.count == 1 }
        for sequence in 2...4 as ClosedRange<UInt64> { broker.deliver(try .ticker(sequence)) }
        try await fixture.history.append([try .ticker(2), try .ticker(3)])
        broker.release()
        var told: [String] = []
        try await fixture.until {
            told += try await client.told()
            return told.count >= 3
        }
        #expect(told == ["subscribe ticker:BTCUSDT", "snapshot 3 @1", "update 4"])
    }

    @Test func aStreamThatNobodyWantsAnyLongerIsLetGo() async throws {
        broker.hold()
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#)
        try await fixture.until { broker.calls.count == 1 }
        try await client.disconnect()
        try await fixture.sweep(seconds: 11)
        broker.release()
        try await fixture.until {
            broker.calls == ["+ticker.BTCUSDT", "-ticker.BTCUSDT"] && fixture.hub.activeStreams == 0
        }
    }

    /// Joins, leaves, ends of lingers and answers of the broker in random order.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func whateverTheOrderTheLastToJoinGetsData(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var sequence: UInt64 = 1
        try await fixture.publish(.ticker(sequence))
        broker.hold()
        var clients: [TestClient] = []
        for _ in 0..<60 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                let client = try await fixture.client(shard: Int.random(in: 0...1, using: &random))
                try await client.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#)
                clients.append(client)
            case 2: if !clients.isEmpty { try await clients.removeFirst().disconnect() }
            case 3: try await fixture.sweep(seconds: 2)
            case 4:
                sequence += 1
                try await fixture.publish(.ticker(sequence))
            default:
                _ = broker.releaseOne()
                for _ in 0..<Int.random(in: 0...20, using: &random) { await Task.yield() }
            }
        }
        let last = try await fixture.client(shard: 1)
        try await last.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#)
        broker.release()
        var told: [String] = []
        try await fixture.until {
            told += try await last.told()
            return told.count >= 2
        }
        #expect(told.prefix(2) == ["subscribe ticker:BTCUSDT", "snapshot \(sequence) @1"])
        try await fixture.publish(.ticker(sequence + 1))
        #expect(try await last.told() == ["update \(sequence + 1)"])
        for client in clients + [last] where client.isOpen { try await client.disconnect() }
        try await fixture.sweep(seconds: 8)
        try await fixture.until { fixture.hub.activeStreams == 0 }
    }
}
