import Core
import NIOCore
import NIOEmbedded
import Platform
import Stores
import Synchronization
import Testing

@testable import EdgeNode

/// A client that comes back while the history or the broker is away, or late.
@Suite(.timeLimit(.minutes(10))) struct ResumeOutageTests {
    private let broker = HeldBroker()

    @Test func whoComesBackWhileTheHistoryIsAwayForAMomentHasLostNothing() async throws {
        let history = HeldHistory()
        let fixture = EdgeFixture(broker: broker, reads: history, historyPatience: .seconds(60))
        try await fixture.publish(.trade(1), .trade(2), .trade(3))
        let watcher = try await fixture.client()
        try await watcher.subscribe("trade:BTCUSDT")
        history.fail(3)
        let client = try await fixture.client()
        try await client.send(#"{"op":"resume","positions":{"trade:BTCUSDT":{"epoch":1,"sequence":1}}}"#)
        #expect(try await client.awaitTold(3) == ["resumed trade:BTCUSDT 2...3", "update 2", "update 3"])
    }

    @Test func soDoesWhoIsTheFirstOnItsNode() async throws {
        let history = HeldHistory()
        let fixture = EdgeFixture(broker: broker, reads: history, historyPatience: .seconds(60))
        try await fixture.publish(.ticker(1), .ticker(2), .ticker(3))
        history.fail(3)
        let client = try await fixture.client()
        try await client.send(#"{"op":"resume","positions":{"ticker:BTCUSDT":{"epoch":1,"sequence":1}}}"#)
        #expect(try await client.awaitTold(3) == ["resumed ticker:BTCUSDT 2...3", "update 2", "update 3"])
    }

    @Test func whoComesBackWhileTheHistoryStaysAwayIsToldSo() async throws {
        let history = HeldHistory()
        let fixture = EdgeFixture(broker: broker, reads: history, historyPatience: .milliseconds(300))
        try await fixture.publish(.trade(1), .trade(2))
        history.fail(.max)
        let client = try await fixture.client()
        try await client.send(#"{"op":"resume","positions":{"trade:BTCUSDT":{"epoch":1,"sequence":1}}}"#)
        #expect(try await client.awaitTold() == ["resumed trade:BTCUSDT not unknown"])
        try await fixture.publish(.trade(3))
        #expect(try await client.awaitTold() == ["update 3 @1"])
    }

    /// That the history answers for others, or for the end of this log, does not make the wait begin anew.
    @Test func aLogThatCannotBeReadIsWaitedForNoLongerThanAHistoryThatIsAway() async throws {
        let history = HeldHistory()
        let fixture = EdgeFixture(broker: broker, reads: history, historyPatience: .milliseconds(300))
        try await fixture.publish(.ticker(1), .ticker(2))
        history.spoil()
        let client = try await fixture.client()
        try await client.send(#"{"op":"resume","positions":{"ticker:BTCUSDT":{"epoch":1,"sequence":1}}}"#)
        #expect(try await client.awaitTold() == ["resumed ticker:BTCUSDT not unknown"])
        try await fixture.publish(.ticker(3))
        #expect(try await client.awaitTold() == ["snapshot 3 @1"])
    }

    /// Else the shard would give the stream up before it is live.
    @Test func aStreamThatWaitedForTheBrokerDoesNotWaitForTheHistoryAsLongAgain() async throws {
        let (broker, history, patience) = (HeldBroker(), HeldHistory(), Duration.milliseconds(300))
        let fixture = EdgeFixture(broker: broker, reads: history, historyPatience: patience)
        try await fixture.publish(.ticker(1))
        history.fail(.max)
        broker.hold()
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#)
        try await fixture.until { !broker.calls.isEmpty }
        // The node's clock has begun to count.
        let start = ContinuousClock.now
        try await fixture.until { ContinuousClock.now - start > patience }
        broker.release()
        _ = try await client.awaitTexts()
        #expect(fixture.hub.counters.historyReads.get() == 1, "there was no time for a second one")
        try await fixture.publish(.ticker(2))
        #expect(try await client.awaitTold() == ["snapshot 2 @1"])
    }

    @Test func nothingIsReadAnyLongerForWhoHasLeft() async throws {
        let (broker, history) = (HeldBroker(), HeldHistory())
        let fixture = EdgeFixture(broker: broker, reads: history, historyPatience: .seconds(3600))
        try await fixture.publish(.trade(1))
        history.fail(.max)
        let client = try await fixture.client()
        try await client.send(#"{"op":"resume","positions":{"trade:BTCUSDT":{"epoch":1,"sequence":1}}}"#)
        try await fixture.until { fixture.hub.counters.historyReads.get() > 1 }
        try await client.disconnect()
        try await fixture.sweep(seconds: 60)
        try await fixture.until { fixture.hub.activeStreams == 0 }
        #expect(broker.calls == ["+trade.BTCUSDT", "-trade.BTCUSDT"])
    }

    @Test func aLogThatWasReadTooEarlyIsNotTakenForALaterOne() async throws {
        let history = HeldHistory()
        let fixture = EdgeFixture(broker: broker, reads: history)
        try await fixture.publish(.depth(1, .snapshot), .depth(2))
        let watcher = try await fixture.client()
        try await watcher.subscribe("depth:BTCUSDT")
        _ = try await watcher.told()
        history.hold()
        let client = try await fixture.client()
        try await client.send(#"{"op":"resume","positions":{"depth:BTCUSDT":{"epoch":1,"sequence":4}}}"#)
        try await fixture.until { history.heldReads == 1 }
        history.letLaterPass()
        // A hole that nothing fills: what was recorded of the live stream is given up, and begun anew.
        try await fixture.publish(.depth(4))
        #expect(try await watcher.awaitTold() == ["gap 3...4 edge"])
        try await fixture.publish(.depth(5, .snapshot))
        #expect(try await watcher.awaitTold() == ["snapshot 5 @1"])
        history.release()
        #expect(try await client.awaitTold(2) == ["resumed depth:BTCUSDT 5...5", "snapshot 5 @1"])
    }
}
