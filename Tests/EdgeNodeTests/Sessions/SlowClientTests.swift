import Shared
import Testing

@testable import EdgeNode

@Suite struct SlowClientTests {
    private let fixture = EdgeFixture()

    private func joined(_ argument: String, _ first: Publication) async throws -> TestClient {
        try await fixture.publish(first)
        let client = try await fixture.client()
        try await client.subscribe(argument)
        try await client.setWritable(false)
        return client
    }

    @Test func aTickerIsConflatedToItsNewestAndFirstToSeqIsWhatWasHeld() async throws {
        let client = try await joined("ticker:BTCUSDT", try .ticker(1))
        try await fixture.publish(.ticker(2), .ticker(3))
        try await fixture.publish(.ticker(4, epoch: 2))
        #expect(try await client.told().isEmpty)
        try await client.setWritable(true)
        #expect(try await client.told() == ["update 2...4 @2"])
        try await fixture.publish(.ticker(5, epoch: 2))
        #expect(try await client.told() == ["update 5"])
    }

    @Test func aBookIsSentAnewWithFirst() async throws {
        let client = try await joined("depth:BTCUSDT", try .depth(1, .snapshot))
        try await fixture.publish(.depth(2), .depth(3))
        #expect(try await client.told().isEmpty)
        try await client.setWritable(true)
        #expect(try await client.told() == ["snapshot 2...3 @1"])
        try await fixture.publish(.depth(4))
        #expect(try await client.told() == ["update 4"])
    }

    @Test func tradesThatDoNotFitCloseWith4008AndNobodyElseIsHarmed() async throws {
        let client = try await joined("trade:BTCUSDT", try .trade(1))
        let other = try await fixture.client()
        try await other.subscribe("trade:BTCUSDT")
        try await fixture.publish(.trade(2), .trade(3))
        #expect(try await client.told().map { $0.prefix(10) } == ["close 4008"])
        #expect(try await other.told() == ["update 2", "update 3"])
        try await fixture.sweep(seconds: 3)
        #expect(!client.isOpen)
        #expect(fixture.counters[0].slowConsumersClosed.get() == 1)
    }

    @Test func controlFramesAndPingsAreAnsweredWhileTheOutboxIsFull() async throws {
        let client = try await joined("ticker:BTCUSDT", try .ticker(1))
        try await client.send(bytes: WebSocketClientFrame.ping([65]))
        try await client.send(#"{"op":"ping"}"#)
        #expect(try await client.told() == ["PONG A", "pong"])
        try await client.send(bytes: WebSocketClientFrame.close(1000))
        #expect(try await client.told() == ["close 1000 "])
    }

    @Test func aGapWithinWhatIsHeldIsCoveredByTheFrameThatStandsForIt() async throws {
        let client = try await joined("ticker:BTCUSDT", try .ticker(1))
        try await fixture.publish(.ticker(2), .ticker(3, .gap(.upstream)), .ticker(4))
        try await fixture.publishLiveOnly(.ticker(7))
        #expect(try await client.told().isEmpty)
        try await client.setWritable(true)
        #expect(try await client.told() == ["snapshot 2...7 @1"])
    }

    @Test func aHoleInABookWhileTheSocketIsFullIsCoveredToo() async throws {
        let client = try await joined("depth:BTCUSDT", try .depth(1, .snapshot))
        try await fixture.publishLiveOnly(.depth(4))
        try await fixture.publishLiveOnly(.depth(5, .snapshot))
        #expect(try await client.told().isEmpty)
        try await client.setWritable(true)
        #expect(try await client.told() == ["snapshot 2...5 @1"])
    }

    @Test func deltasWhoseBookIsLostAreToldAsAGap() async throws {
        let client = try await joined("depth:BTCUSDT", try .depth(1, .snapshot))
        try await fixture.publish(.depth(2), .of("depth.50.BTCUSDT", 3, data: "{"))
        try await client.setWritable(true)
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
        try await client.setWritable(true)
        #expect(try await client.told().isEmpty)
        try await fixture.publish(.depth(5, .snapshot), .depth(6))
        #expect(try await client.told() == ["snapshot 2...5 @1", "update 6"])
    }

    @Test func joiningWithAFullOutboxOwesTheSnapshot() async throws {
        let client = try await joined("trade:BTCUSDT", try .trade(1))
        try await fixture.publish(.ticker(1))
        #expect(try await client.subscribe("ticker:BTCUSDT") == ["subscribe ticker:BTCUSDT"])
        try await fixture.publish(.ticker(2))
        #expect(try await client.told().isEmpty)
        try await client.setWritable(true)
        #expect(try await client.told() == ["snapshot 2 @1"])
        try await fixture.publish(.ticker(3))
        #expect(try await client.told() == ["update 3"])
    }

    @Test func whatIsOwedIsForgottenWithItsSubscription() async throws {
        let client = try await joined("ticker:BTCUSDT", try .ticker(1))
        try await fixture.publish(.ticker(2))
        try await client.send(#"{"op":"unsubscribe","args":["ticker:BTCUSDT"]}"#)
        try await client.setWritable(true)
        #expect(try await client.told() == ["unsubscribe ticker:BTCUSDT"])
    }

    @Test func repliesThatNobodyReadsAreBounded() async throws {
        let fixture = EdgeFixture {
            $0.maximumOutboxBytes = 1000
            $0.maximumMessageRate = 1_000_000
        }
        let client = try await fixture.client()
        try await client.setWritable(false, holdsFlushes: true)
        for _ in 0..<200 { try await client.send(#"{"op":"ping"}"#) }
        try await client.flushThrough()
        let told = try await client.told()
        #expect(told.count < 100)
        #expect(told.last?.hasPrefix("close 4008 ") == true)
    }

    @Test func aLittleThatTheSocketDoesNotTakeIsAStallToo() async throws {
        let client = try await fixture.client()
        try await client.setWritable(true, holdsFlushes: true)
        try await client.send(bytes: WebSocketClientFrame.ping([65]))
        try await fixture.sweep(seconds: 5)
        try await client.send(bytes: WebSocketClientFrame.ping([66]))
        #expect(fixture.counters[0].slowConsumersClosed.get() == 0)
        try await fixture.sweep(seconds: 1)
        #expect(fixture.counters[0].slowConsumersClosed.get() == 1)
        try await client.flushThrough()
        #expect(try await client.told().last?.hasPrefix("close 4008") == true)
    }

    @Test func aSocketThatTakesNothingIsClosedAndOneThatTakesSomethingIsNot() async throws {
        let client = try await joined("ticker:BTCUSDT", try .ticker(1))
        try await client.setWritable(false, holdsFlushes: true)
        try await client.send(bytes: WebSocketClientFrame.ping([65]))
        try await fixture.sweep(seconds: 4)
        try await client.flushThrough()
        #expect(try await client.told() == ["PONG A"])
        try await fixture.sweep(seconds: 5)
        #expect(try await client.told().isEmpty)
        try await fixture.sweep(seconds: 1)
        #expect(try await client.told().map { $0.prefix(10) } == ["close 4008"])
    }
}
