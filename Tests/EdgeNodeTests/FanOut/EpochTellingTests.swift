import Core
import NIOCore
import Testing

@testable import EdgeNode

/// A client that reads data only knows its epoch all the same: the first data of an epoch tells it, whatever gap came before.
@Suite(.timeLimit(.minutes(10))) struct EpochTellingTests {
    private let fixture = EdgeFixture()

    private func subscribed(_ arguments: String...) async throws -> TestClient {
        let client = try await fixture.client()
        for argument in arguments { try await client.subscribe(argument) }
        return client
    }

    private func resumed(from sequence: UInt64, in fixture: EdgeFixture) async throws -> TestClient {
        let client = try await fixture.client()
        try await client.send(#"{"op":"resume","positions":{"trade:BTCUSDT":{"epoch":1,"sequence":\#(sequence)}}}"#)
        return client
    }

    @Test(arguments: [GapReason.failover, .upstream])
    func behindAGapThatOpensAnEpoch(_ reason: GapReason) async throws {
        try await fixture.publish(.trade(1))
        let client = try await subscribed("trade:BTCUSDT")
        try await fixture.publish(.trade(2, epoch: 2, .gap(reason)), .trade(3, epoch: 2), .trade(4, epoch: 2))
        #expect(try await client.told() == ["gap 2...2 \(reason.rawValue)", "update 3 @2", "update 4"])
    }

    @Test func behindSeveralGaps() async throws {
        try await fixture.publish(.trade(1))
        let client = try await subscribed("trade:BTCUSDT")
        try await fixture.publish(.trade(2, epoch: 2, .gap(.failover)), .trade(3, epoch: 3, .gap(.failover)))
        try await fixture.publish(.trade(4, epoch: 3, .gap(.upstream)), .trade(5, epoch: 3), .trade(6, epoch: 3))
        #expect(try await client.told().suffix(2) == ["update 5 @3", "update 6"])
    }

    @Test func behindAGapWithinAnEpochNothingIsSaidAgain() async throws {
        try await fixture.publish(.trade(1))
        let client = try await subscribed("trade:BTCUSDT")
        try await fixture.publish(.trade(2, .gap(.upstream)), .trade(3))
        #expect(try await client.told() == ["gap 2...2 upstream", "update 3"])
    }

    @Test func behindAHoleThatEndsInAGap() async throws {
        try await fixture.publish(.trade(1))
        let client = try await subscribed("trade:BTCUSDT")
        try await fixture.publishLiveOnly(.trade(5, epoch: 2, .gap(.upstream)), .trade(6, epoch: 2))
        #expect(try await client.awaitTold(2) == ["gap 2...5 failover", "update 6 @2"])
    }

    /// The node has told the epoch in a publication that did not fit.
    @Test func behindWhatDidNotFitTheMailbox() async throws {
        try await fixture.publish(.ticker(1), .trade(1), .depth(1, .snapshot))
        let client = try await subscribed("ticker:BTCUSDT", "trade:BTCUSDT", "depth:BTCUSDT")
        try fixture.fillMailbox()
        try await fixture.publish(.ticker(2, epoch: 2), .trade(2, epoch: 2), .depth(2, epoch: 2))
        try await fixture.drain()
        #expect(
            try await client.told() == [
                "gap 2...2 failover", "snapshot 2 @2", "gap 2...2 failover", "gap 2...2 failover", "snapshot 2 @2",
            ]
        )
        try await fixture.publish(.ticker(3, epoch: 2), .trade(3, epoch: 2), .depth(3, epoch: 2), .trade(4, epoch: 2))
        #expect(try await client.told() == ["update 3", "update 3 @2", "update 3", "update 4"])
    }

    @Test func inAReplay() async throws {
        try await fixture.publish(
            .trade(1),
            .trade(2, epoch: 2, .gap(.failover)),
            .trade(3, epoch: 2),
            .trade(4, epoch: 2)
        )
        let client = try await resumed(from: 1, in: fixture)
        #expect(
            try await client.awaitTold(4) == [
                "resumed trade:BTCUSDT 2...4", "gap 2...2 failover", "update 3 @2", "update 4",
            ]
        )
    }

    @Test func behindAReplayThatEndsInTheGap() async throws {
        try await fixture.publish(.trade(1), .trade(2, epoch: 2, .gap(.failover)))
        let client = try await resumed(from: 1, in: fixture)
        #expect(try await client.awaitTold(2) == ["resumed trade:BTCUSDT 2...2", "gap 2...2 failover"])
        try await fixture.publish(.trade(3, epoch: 2), .trade(4, epoch: 2))
        #expect(try await client.told() == ["update 3 @2", "update 4"])
        // Who gets it from what was recorded live is told, too.
        let later = try await resumed(from: 1, in: fixture)
        #expect(try await later.awaitTold(4).suffix(3) == ["gap 2...2 failover", "update 3 @2", "update 4"])
    }

    @Test func inAReplayOfWhatCameWhileTheLogWasRead() async throws {
        let history = HeldHistory()
        let fixture = EdgeFixture(reads: history)
        try await fixture.publish(.trade(1), .trade(2, epoch: 2, .gap(.failover)))
        let watcher = try await fixture.client()
        try await watcher.subscribe("trade:BTCUSDT")
        history.hold()
        let client = try await resumed(from: 1, in: fixture)
        try await fixture.until { history.heldReads == 1 }
        try await fixture.publish(.trade(3, epoch: 2))
        #expect(try await watcher.awaitTold().count == 1)
        history.release()
        #expect(
            try await client.awaitTold(3) == ["resumed trade:BTCUSDT 2...3", "gap 2...2 failover", "update 3 @2"]
        )
    }

    @Test func whereARateHoldsItBack() async throws {
        try await fixture.publish(.ticker(1))
        let client = try await subscribed(#"{"stream":"ticker:BTCUSDT","maxRate":1}"#)
        try await fixture.publish(.ticker(2, epoch: 2, .gap(.failover)), .ticker(3, epoch: 2))
        #expect(try await client.told() == ["gap 2...2 failover"])
        await fixture.advance(.seconds(1))
        #expect(try await client.told() == ["snapshot 3...3 @2"])
    }
}
