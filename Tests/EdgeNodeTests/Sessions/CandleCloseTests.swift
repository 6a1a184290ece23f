import NIOCore
import NIOEmbedded
import Platform
import TestSupport
import Testing

@testable import EdgeNode

/// The next candle is another object and does not replace the one before: whoever is held back from gets each candle's close.
@Suite(.timeLimit(.minutes(10))) struct CandleCloseTests {
    private static let stream = "kline.1m.BTCUSDT"
    private static let filler = String(repeating: "x", count: 300)

    private let fixture = EdgeFixture { $0.outbox.messages = 8 }

    /// Updates of the candles given, one after the other.
    private func publish(_ candles: [Int], from sequence: UInt64, epoch: UInt64 = 1) async throws {
        for (index, candle) in candles.enumerated() {
            let sequence = sequence + UInt64(index)
            let data = #"{"symbol":"BTCUSDT","openTime":\#(candle),"close":"\#(sequence)","pad":"\#(Self.filler)"}"#
            try await fixture.publish(.of(Self.stream, sequence, epoch: epoch, data: data))
        }
    }

    private func subscribed(maxRate: Double? = nil) async throws -> TestClient {
        let client = try await fixture.client()
        try await client.subscribe(
            maxRate.map { #"{"stream":"kline:1m:BTCUSDT","maxRate":\#($0)}"# } ?? "kline:1m:BTCUSDT"
        )
        return client
    }

    @Test func withARateTheCloseComesFirstAndTheNextCandleAtTheNextTime() async throws {
        try await publish([1], from: 1)
        let client = try await subscribed(maxRate: 1)
        // Of the first candle two more and its close, then the first of the next.
        try await publish([1, 1, 1, 2], from: 2)
        #expect(try await client.told().isEmpty)
        await fixture.advance(.seconds(1))
        let texts = try await client.texts()
        #expect(texts.compactMap { ServerMessage($0)?.brief } == ["update 2...4 @1"])
        #expect(texts.first?.contains(#""openTime":1,"close":"4""#) == true)
        try await publish([2], from: 6)
        await fixture.advance(.milliseconds(900))
        #expect(try await client.told().isEmpty)
        await fixture.advance(.milliseconds(100))
        #expect(try await client.told() == ["update 5...6 @1"])
        try await publish([2], from: 7)
        await fixture.advance(.seconds(1))
        #expect(try await client.told() == ["update 7...7 @1"])
    }

    @Test func aSlowClientGetsEveryCloseWhenItReadsOn() async throws {
        try await publish([1], from: 1)
        let client = try await subscribed()
        try await client.stopReading()
        try await publish([1, 1, 1, 2, 2, 3, 4, 4], from: 2)
        try await client.readOn()
        // Two fit before a quarter of the bound was full.
        #expect(
            try await client.told() == [
                "update 2", "update 3", "update 4...4 @1", "update 5...6 @1", "update 7...7 @1", "update 8...9 @1",
            ]
        )
    }

    @Test func moreThanAreKeptAreCoveredByASnapshotThatSaysSo() async throws {
        try await publish([0], from: 1)
        let client = try await subscribed()
        try await client.stopReading()
        try await publish([0, 0] + Array(1...ClosedObjects.maximum + 1), from: 2)
        try await client.readOn()
        let last = 3 + ClosedObjects.maximum + 1
        #expect(try await client.told() == ["update 2", "update 3"] + (4...last).map { "update \($0)...\($0) @1" })
        try await client.stopReading()
        try await publish(Array(100...103 + ClosedObjects.maximum), from: UInt64(last) + 1)
        try await client.readOn()
        let (next, end) = (last + 1, last + 4 + ClosedObjects.maximum)
        #expect(
            try await client.told() == ["update \(next)", "update \(next + 1)", "snapshot \(next + 2)...\(end) @1"]
        )
    }

    @Test func aCloseTellsTheEpochThatItWasIn() async throws {
        try await publish([1], from: 1)
        let client = try await subscribed(maxRate: 1)
        try await publish([1], from: 2)
        try await publish([2, 2], from: 3, epoch: 2)
        await fixture.advance(.seconds(1))
        #expect(try await client.told() == ["update 2...2 @1"])
        await fixture.advance(.seconds(1))
        #expect(try await client.told() == ["update 3...4 @2"])
    }

    /// Its first state had no room: closes since then are its own too.
    @Test func whoHasJoinedWithoutRoomBeginsWithTheFirstClose() async throws {
        try await publish([1], from: 1)
        try await fixture.publish(.trade(1))
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        try await client.stopReading()
        try await fixture.publish(.trade(2), .trade(3), .trade(4))
        try await client.send(#"{"op":"subscribe","args":["kline:1m:BTCUSDT"]}"#)
        // The history is read before it has joined: what comes earlier is before its time.
        try await fixture.until {
            await fixture.loops[0].run()
            return fixture.counters[0].subscriptions.get() == 2
        }
        try await publish([1, 2], from: 2)
        try await client.readOn()
        #expect(try await client.told().suffix(2) == ["snapshot 2 @1", "update 3...3 @1"])
    }

    @Test func whatDidNotReachTheShardIsCoveredByASnapshot() async throws {
        try await publish([1], from: 1)
        let client = try await subscribed(maxRate: 1)
        try await publish([1], from: 2)
        #expect(try await client.told().isEmpty)
        try fixture.fillMailbox()
        try await publish([1, 2, 3], from: 3)
        try await fixture.drain()
        #expect(try await client.told() == ["snapshot 2...5 @1"])
    }

    @Test func aTickerIsOneObject() async throws {
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        try await client.subscribe(#"{"stream":"ticker:BTCUSDT","maxRate":1}"#)
        for (sequence, open) in [(2, 1), (3, 2), (4, 3)] {
            try await fixture.publish(.of("ticker.BTCUSDT", UInt64(sequence), data: #"{"openTime":\#(open)}"#))
        }
        await fixture.advance(.seconds(1))
        #expect(try await client.told() == ["update 2...4 @1"])
    }

    /// Whatever the pace of the market and of the client.
    @Test(arguments: UInt64(1)...12)
    func nothingIsPassedOverAndEveryCloseComes(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        try await publish([1], from: 1)
        let rate = seed % 3 == 0 ? nil : Double(seed % 3)
        let client = try await subscribed(maxRate: rate)
        var (sequence, candle, last) = (UInt64(1), 1, UInt64(1))
        var closes: Set<UInt64> = []
        var told: [String] = []
        for _ in 0..<40 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where rate == nil: try await client.stopReading()
            case 1: try await client.readOn()
            case 2:
                closes.insert(sequence)
                candle += 1
                fallthrough
            default:
                sequence += 1
                try await publish([candle], from: sequence)
            }
            await fixture.advance(.milliseconds(Int64.random(in: 0...700, using: &random)))
            told += try await client.texts()
        }
        try await client.readOn()
        for _ in 0..<2 * ClosedObjects.maximum {
            await fixture.advance(.seconds(1))
            told += try await client.texts()
        }
        for message in told.compactMap({ ServerMessage($0) }) {
            let end = try #require(message.seq)
            #expect((message.first ?? end) == last + 1)
            if message.type == "update" { #expect(closes.filter { $0 > last && $0 < end }.isEmpty) }
            last = end
        }
        #expect(last == sequence)
    }
}
