import Core
import Platform
import Stores
import Synchronization
import Testing

@testable import EdgeNode

/// What goes wrong while the history is being read, or when it can't be.
@Suite(.timeLimit(.minutes(10))) struct LateHealingTests {
    private let broker = HeldBroker()
    private let history = HeldHistory()
    private let fixture: EdgeFixture

    init() { fixture = EdgeFixture(broker: broker, reads: history) }

    private func subscribed(_ stream: String = "trade:BTCUSDT", at position: Publication) async throws -> TestClient {
        try await fixture.publish(position)
        let client = try await fixture.client()
        try await client.subscribe(stream)
        return client
    }

    private func lose(_ batch: Publication...) async throws { try await fixture.history.append(batch) }

    @Test func aSecondHoleWhileTheFirstIsBeingReadIsReadToo() async throws {
        let client = try await subscribed(at: .trade(1))
        history.hold()
        try await lose(.trade(2))
        try await fixture.publish(.trade(3))
        try await fixture.until { history.heldReads == 1 }
        try await lose(.trade(4))
        try await fixture.publish(.trade(5))
        history.release()
        #expect(try await client.awaitTold(4) == ["update 2", "update 3", "update 4", "update 5"])
        #expect(!fixture.hub.isHealing)
    }

    @Test func aHoleThatOpensWhileAStreamIsLoadingIsReadToo() async throws {
        try await fixture.publish(.trade(1))
        history.hold()
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["trade:BTCUSDT"]}"#)
        try await fixture.until { history.heldReads == 1 }
        try await lose(.trade(2))
        try await fixture.publish(.trade(3))
        history.release()
        #expect(try await client.awaitTold(3).dropFirst() == ["update 2", "update 3"])
    }

    @Test func whatDidNotFitWhileTheHistoryWasReadIsReadFromIt() async throws {
        let client = try await subscribed("ticker:BTCUSDT", at: .ticker(1))
        history.hold()
        try await lose(.ticker(2))
        try await fixture.publish(.ticker(3))
        try await fixture.until { history.heldReads == 1 }
        let last = UInt64(KeptPublications.maximum) + 10
        for sequence in 4...last { try await fixture.publish(.ticker(sequence)) }
        history.release()
        try await fixture.until { try await client.awaitTold().last?.hasPrefix("update \(last)") == true }
    }

    @Test(arguments: [("trade", []), ("ticker", ["snapshot 3 @1"]), ("depth", ["snapshot 2 @1", "update 3"])])
    func whoSubscribedWhileTheHistoryWasAwayIsNotToldAllOfItAfterALoss(kind: String, state: [String]) async throws {
        let make: (UInt64) throws -> Publication = { sequence in
            switch kind {
            case "trade": try .trade(sequence)
            case "ticker": try .ticker(sequence)
            default: try .depth(sequence, sequence < 3 ? .snapshot : .update)
            }
        }
        let fixture = EdgeFixture(broker: broker, reads: history, historyPatience: .zero)
        for sequence in UInt64(1)...3 { try await fixture.publish(make(sequence)) }
        history.fail(1)
        let client = try await fixture.client()
        try await client.subscribe("\(kind):BTCUSDT")
        broker.lose(.everything)
        try await fixture.until { !fixture.hub.isHealing }
        try await fixture.publish(make(4))
        #expect(try await client.awaitTold(state.count + 1) == state + [state.isEmpty ? "update 4 @1" : "update 4"])
    }

    @Test func whatIsLostOfAStreamThatHadNothingIsReadFromItsBeginning() async throws {
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        try await lose(.trade(1), .trade(2))
        broker.lose(.everything)
        #expect(try await client.awaitTold(2) == ["update 1 @1", "update 2"])
    }

    @Test func aHistoryThatComesBackAfterTheBrokerIsWaitedFor() async throws {
        let client = try await subscribed(at: .trade(1))
        history.fail(5)
        try await lose(.trade(2))
        broker.lose(.everything)
        try await fixture.publish(.trade(3))
        #expect(try await client.awaitTold(2) == ["update 2", "update 3"])
    }

    @Test func whatWasMissedLastIsReadWhenTheHistoryIsBack() async throws {
        let fixture = EdgeFixture(broker: broker, reads: history, historyPatience: .zero)
        try await fixture.publish(.trade(1))
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        history.fail(1)
        try await lose(.trade(2))
        broker.lose(.everything)
        try await fixture.until { fixture.hub.counters.historyFailures.get() == 1 }
        #expect(try await client.awaitTold() == ["update 2"])
        try await fixture.publish(.trade(3))
        #expect(try await client.awaitTold() == ["update 3"])
    }

    @Test func aHistoryThatIsAwayForLongHoldsNothingUp() async throws {
        let fixture = EdgeFixture(broker: broker, reads: history, historyPatience: .zero)
        try await fixture.publish(.trade(1))
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        history.fail(1)
        try await lose(.trade(2))
        try await fixture.publish(.trade(3))
        #expect(try await client.awaitTold(2) == ["gap 2...2 edge", "update 3 @1"])
    }

    /// Somebody else uses its place: that passes neither soon nor by itself.
    @Test func aLogThatCannotBeUsedIsNotWaitedFor() async throws {
        let patience = Duration.seconds(3600)
        let fixture = EdgeFixture(broker: broker, reads: history, historyPatience: patience)
        try await fixture.publish(.trade(1))
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        history.fail(.max, with: HistoryError.unusable([try Publication.trade(1).stream: "WRONGTYPE"]))
        try await lose(.trade(2))
        try await fixture.publish(.trade(3))
        #expect(try await client.awaitTold(2) == ["gap 2...2 edge", "update 3 @1"])
    }

    @Test func aLogThatWasWrittenAnewIsReadFromItsBeginning() async throws {
        let client = try await subscribed(at: .trade(1))
        try await fixture.publish(.trade(2))
        try await fixture.publish(.trade(3))
        _ = try await client.awaitTold(2)
        // The history has lost the last two, and another leader has gone on without them.
        try await history.rewrite(.trade(1), .trade(2, epoch: 2), .trade(3, epoch: 2), .trade(4, epoch: 2))
        try await broker.publish([.trade(5, epoch: 2)])
        #expect(
            try await client.awaitTold(5) == [
                "gap 4...1 failover", "update 2 @2", "update 3", "update 4", "update 5",
            ]
        )
    }
}
