import Core
import Platform
import TestSupport
import Testing

@testable import EdgeNode

@Suite struct SlowClientTests {
    /// Nothing may wait for a full socket.
    private let fixture = EdgeFixture { $0.outbox.bytes = 3 }

    private func joined(_ argument: String, _ first: Publication) async throws -> TestClient {
        try await fixture.publish(first)
        let client = try await fixture.client()
        try await client.subscribe(argument)
        try await client.stopReading()
        return client
    }

    @Test func aTickerIsConflatedToItsNewestAndFirstToSeqIsWhatWasHeld() async throws {
        let client = try await joined("ticker:BTCUSDT", try .ticker(1))
        try await fixture.publish(.ticker(2), .ticker(3))
        try await fixture.publish(.ticker(4, epoch: 2))
        #expect(try await client.told().isEmpty)
        try await client.readOn()
        #expect(try await client.told() == ["update 2...4 @2"])
        try await fixture.publish(.ticker(5, epoch: 2))
        #expect(try await client.told() == ["update 5"])
    }

    @Test func aBookIsSentAnewWithFirst() async throws {
        let client = try await joined("depth:BTCUSDT", try .depth(1, .snapshot))
        try await fixture.publish(.depth(2), .depth(3))
        #expect(try await client.told().isEmpty)
        try await client.readOn()
        #expect(try await client.told() == ["snapshot 2...3 @1"])
        try await fixture.publish(.depth(4))
        #expect(try await client.told() == ["update 4"])
    }

    @Test func tradesThatDoNotFitCloseWith4008AndNobodyElseIsHarmed() async throws {
        let client = try await joined("trade:BTCUSDT", try .trade(1))
        let other = try await fixture.client()
        try await other.subscribe("trade:BTCUSDT")
        try await fixture.publish(.trade(2), .trade(3))
        #expect(try await other.told() == ["update 2", "update 3"])
        try await client.readOn()
        #expect(try await client.told().map { $0.prefix(10) } == ["close 4008"])
        try await fixture.sweep(seconds: 3)
        #expect(!client.isOpen)
        #expect(fixture.counters[0].slowConsumersClosed.get() == 1)
    }

    @Test func theLogSaysWhomItClosesAsSlow() async throws {
        let log = CollectedLog()
        let fixture = EdgeFixture(log: log) { $0.outbox.bytes = 3 }
        try await fixture.publish(.trade(1))
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        try await client.stopReading()
        try await fixture.publish(.trade(2), .trade(3))
        try await client.readOn()
        #expect(try await client.told().contains { $0.hasPrefix("close 4008") })
        let lines = log.lines.filter { $0.contains("closing a client that does not take what it is sent") }
        #expect(lines.count == 1 && lines[0].hasPrefix("info ") && lines[0].contains("code=4008"))
        #expect(lines[0].contains("user=-") && lines[0].contains("connection="))
    }

    @Test func controlFramesAndPingsAreAnsweredWhileTheOutboxIsFull() async throws {
        let client = try await joined("ticker:BTCUSDT", try .ticker(1))
        try await client.send(#"{"op":"ping"}"#)
        try await client.send(bytes: WebSocketClientFrame.ping([65]))
        try await client.send(bytes: WebSocketClientFrame.ping([66]))
        try await client.readOn()
        #expect(try await client.told() == ["PONG A", "PONG B", "pong"])
        try await client.stopReading()
        try await client.send(#"{"op":"ping"}"#)
        try await client.send(bytes: WebSocketClientFrame.close(1000))
        #expect(client.isOpen)
        try await client.readOn()
        #expect(try await client.told() == ["close 1000 "])
        #expect(!client.isOpen)
    }

    @Test func aGapWithinWhatIsHeldIsCoveredByTheFrameThatStandsForIt() async throws {
        let client = try await joined("ticker:BTCUSDT", try .ticker(1))
        try await fixture.publish(.ticker(2), .ticker(3, .gap(.upstream)), .ticker(4))
        try await fixture.publishLiveOnly(.ticker(7))
        #expect(try await client.told().isEmpty)
        try await client.readOn()
        #expect(try await client.told() == ["snapshot 2...7 @1"])
    }

    @Test func aHoleInABookWhileTheSocketIsFullIsCoveredToo() async throws {
        let client = try await joined("depth:BTCUSDT", try .depth(1, .snapshot))
        try await fixture.publishLiveOnly(.depth(4))
        try await fixture.publishLiveOnly(.depth(5, .snapshot))
        #expect(try await client.told().isEmpty)
        try await client.readOn()
        #expect(try await client.told() == ["snapshot 2...5 @1"])
    }

    @Test func deltasWhoseBookIsLostAreToldAsAGap() async throws {
        let client = try await joined("depth:BTCUSDT", try .depth(1, .snapshot))
        try await fixture.publish(.depth(2), .of("depth.50.BTCUSDT", 3, data: "{"))
        try await client.readOn()
        #expect(try await client.told() == ["gap 2...3 edge"])
        // Nobody can use changes without the book.
        try await fixture.publish(.depth(4))
        #expect(try await client.told().isEmpty)
        try await fixture.publish(.depth(5, .snapshot), .depth(6))
        #expect(try await client.told() == ["gap 4...4 edge", "snapshot 5 @1", "update 6"])
    }

    @Test func aDebtOfABookThatIsNotKnownIsPaidWithItsNextSnapshot() async throws {
        let client = try await joined("depth:BTCUSDT", try .depth(1, .snapshot))
        try await fixture.publishLiveOnly(.depth(4))
        try await client.readOn()
        #expect(try await client.told().isEmpty)
        try await fixture.publish(.depth(5, .snapshot), .depth(6))
        #expect(try await client.told() == ["snapshot 2...5 @1", "update 6"])
    }

    @Test func joiningWithAFullOutboxOwesTheSnapshot() async throws {
        let client = try await joined("trade:BTCUSDT", try .trade(1))
        try await fixture.publish(.ticker(1))
        try await client.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#)
        try await fixture.until { fixture.counters[0].subscriptions.get() == 2 }
        try await fixture.publish(.ticker(2))
        #expect(try await client.told().isEmpty)
        try await client.readOn()
        #expect(try await client.told() == ["subscribe ticker:BTCUSDT", "snapshot 2 @1"])
        try await fixture.publish(.ticker(3))
        #expect(try await client.told() == ["update 3"])
    }

    @Test func whatIsOwedIsForgottenWithItsSubscription() async throws {
        let client = try await joined("ticker:BTCUSDT", try .ticker(1))
        try await fixture.publish(.ticker(2))
        try await client.send(#"{"op":"unsubscribe","args":["ticker:BTCUSDT"]}"#)
        try await client.readOn()
        #expect(try await client.told() == ["unsubscribe ticker:BTCUSDT"])
    }

    @Test func repliesThatNobodyReadsAreBounded() async throws {
        let fixture = EdgeFixture {
            $0.outbox.bytes = 1000
            $0.maximumMessageRate = 1_000_000
        }
        let client = try await fixture.client()
        try await client.stopReading()
        for _ in 0..<200 { try await client.send(#"{"op":"ping"}"#) }
        #expect(fixture.counters[0].backlogBytes.get() < 1000)
        try await client.readOn()
        #expect(try await client.told() == Array(repeating: "pong", count: 200))
    }

    @Test func aLittleThatTheSocketDoesNotTakeIsAStallToo() async throws {
        let client = try await fixture.client()
        try await client.stopReading()
        try await client.send(bytes: WebSocketClientFrame.ping([65]))
        try await fixture.sweep(seconds: 5)
        try await client.send(bytes: WebSocketClientFrame.ping([66]))
        #expect(fixture.counters[0].slowConsumersClosed.get() == 0)
        try await fixture.sweep(seconds: 1)
        #expect(fixture.counters[0].slowConsumersClosed.get() == 1)
        try await client.readOn()
        #expect(try await client.told().last?.hasPrefix("close 4008") == true)
    }

    @Test func aSocketThatTakesNothingIsClosedAndOneThatTakesSomethingIsNot() async throws {
        let client = try await joined("ticker:BTCUSDT", try .ticker(1))
        try await client.stopReading()
        try await client.send(bytes: WebSocketClientFrame.ping([65]))
        try await fixture.sweep(seconds: 4)
        try await client.readOn()
        #expect(try await client.told() == ["PONG A"])
        try await client.stopReading()
        try await fixture.sweep(seconds: 5)
        #expect(fixture.counters[0].slowConsumersClosed.get() == 0)
        try await fixture.sweep(seconds: 1)
        #expect(fixture.counters[0].slowConsumersClosed.get() == 1)
        try await client.readOn()
        #expect(try await client.told().map { $0.prefix(10) } == ["close 4008"])
    }
}
