import Core
import NIOCore
import NIOEmbedded
import Platform
import Synchronization
import Testing

@testable import EdgeNode

@Suite struct GapTests {
    private let fixture = EdgeFixture()

    @Test func aGapPublicationIsToldAsItIs() async throws {
        try await fixture.publish(.ticker(1))
        let clients = [try await fixture.client(), try await fixture.client()]
        try await clients[0].subscribe("ticker:BTCUSDT")
        try await clients[1].send(#"{"action":"subscribe","streams":["ticker.btc_usdt"]}"#)
        _ = try await clients[1].awaitTold()
        try await fixture.publish(.ticker(2, epoch: 4, .gap(.upstream)))
        let notice = #""from":2,"to":2,"epoch":4,"reason":"upstream"}"#
        #expect(
            try await clients[0].texts() == [#"{"op":"gap","stream":"tidegate.futures.ticker.BTCUSDT","# + notice]
        )
        #expect(try await clients[1].texts() == [#"{"action":"gap","stream":"ticker.btc_usdt","# + notice])
        try await fixture.publish(.ticker(3, epoch: 4, .snapshot))
        for client in clients { #expect(try await client.told() == ["snapshot 3 @4"]) }
    }

    @Test func theFirstPublicationOfAnEpochTellsIt() async throws {
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        try await fixture.publish(.ticker(2, epoch: 2), .ticker(3, epoch: 2))
        #expect(try await client.told() == ["update 2 @2", "update 3"])
    }

    @Test func aHoleInATickerIsToldAndASnapshotFollows() async throws {
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        try await fixture.publishLiveOnly(.ticker(5))
        try await fixture.publishLiveOnly(.ticker(6))
        #expect(try await client.awaitTold(3) == ["gap 2...4 edge", "snapshot 5 @1", "update 6"])
    }

    @Test func aHoleInTradesIsToldAndTheTradesGoOn() async throws {
        try await fixture.publish(.trade(1))
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        try await fixture.publishLiveOnly(.trade(5), .trade(6))
        #expect(try await client.awaitTold(3) == ["gap 2...4 edge", "update 5 @1", "update 6"])
    }

    @Test func whatDidNotFitTheMailboxIsToldAlsoWhereNothingFollows() async throws {
        try await fixture.publish(.ticker(1), .trade(1))
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT", "trade:BTCUSDT")
        _ = try await client.told()
        try fixture.fillMailbox()
        try await fixture.publish(.ticker(2), .trade(2), .ticker(3))
        #expect(fixture.mailboxes[0].dropped == 3)
        try await fixture.drain()
        #expect(try await client.told() == ["gap 2...3 edge", "snapshot 3 @1", "gap 2...2 edge"])
        try await fixture.publish(.ticker(4), .trade(3))
        #expect(try await client.told() == ["update 4", "update 3"])
    }

    @Test func whatDidNotFitTheMailboxIsToldOnceWhereMoreFollows() async throws {
        try await fixture.publish(.trade(1))
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        _ = try await client.told()
        try fixture.fillMailbox()
        try await fixture.publish(.trade(2))
        // Taken, and not given to clients yet when the next comes.
        let notice = try #require(fixture.mailboxes[0].taken.last)
        #expect(fixture.mailboxes[0].post(notice))
        try await fixture.publish(.trade(3))
        try await fixture.drain()
        #expect(try await client.told() == ["gap 2...2 edge", "update 3 @1"])
        try await fixture.publish(.trade(4))
        #expect(try await client.told() == ["update 4"])
    }

    @Test func aHoleThatEndsInAGapIsFollowedByASnapshot() async throws {
        let fixture = EdgeFixture()
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        try await fixture.publishLiveOnly(.ticker(5, .gap(.upstream)), .ticker(6), .ticker(7))
        #expect(try await client.awaitTold(3) == ["gap 2...5 edge", "snapshot 6 @1", "update 7"])
    }

    @Test func aBookIsNotShownBetweenAGapAndTheNextSnapshot() async throws {
        let fixture = EdgeFixture()
        try await fixture.publish(.depth(1, .snapshot))
        let client = try await fixture.client()
        try await client.subscribe("depth:BTCUSDT")
        try await fixture.publish(.depth(2, .gap(.failover)))
        #expect(try await client.awaitTold() == ["gap 2...2 failover"])
        let late = try await fixture.client()
        #expect(try await late.subscribe("depth:BTCUSDT") == ["subscribe depth:BTCUSDT"])
        try await fixture.publish(.depth(3, .snapshot), .depth(4))
        #expect(try await client.awaitTold(2) == ["snapshot 3 @1", "update 4"])
        #expect(try await late.awaitTold(2) == ["snapshot 3 @1", "update 4"])
    }

    @Test func aHoleThatEndsInAGapIsOneGap() async throws {
        try await fixture.publish(.trade(1))
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        try await fixture.publishLiveOnly(.trade(5, .gap(.upstream)), .trade(6))
        #expect(try await client.awaitTold(2) == ["gap 2...5 edge", "update 6"])
    }

    @Test func aHoleInABookIsToldAndItsNextSnapshotIsPassedOn() async throws {
        try await fixture.publish(.depth(1, .snapshot))
        let client = try await fixture.client()
        try await client.subscribe("depth:BTCUSDT")
        try await fixture.publishLiveOnly(.depth(4))
        #expect(try await client.awaitTold() == ["gap 2...4 edge"])
        try await fixture.publishLiveOnly(.depth(5, .snapshot), .depth(6))
        #expect(try await client.awaitTold(2) == ["snapshot 5 @1", "update 6"])
        let late = try await fixture.client()
        #expect(try await late.subscribe("depth:BTCUSDT") == ["subscribe depth:BTCUSDT", "snapshot 6 @1"])
    }

    @Test func aSnapshotBehindAHoleInABookIsEnough() async throws {
        try await fixture.publish(.depth(1, .snapshot))
        let client = try await fixture.client()
        try await client.subscribe("depth:BTCUSDT")
        try await fixture.publishLiveOnly(.depth(4, .snapshot), .depth(5))
        #expect(try await client.awaitTold(3) == ["gap 2...3 edge", "snapshot 4 @1", "update 5"])
    }

    @Test func aBookWhoseStateIsUnknownIsHeldBackUntilItsNextSnapshot() async throws {
        try await fixture.publish(.depth(1, .snapshot))
        let client = try await fixture.client()
        try await client.subscribe("depth:BTCUSDT")
        try await fixture.publishLiveOnly(.depth(4))
        #expect(try await client.awaitTold() == ["gap 2...4 edge"])
        try await fixture.publishLiveOnly(.depth(5), .depth(6))
        let late = try await fixture.client()
        #expect(try await late.subscribe("depth:BTCUSDT") == ["subscribe depth:BTCUSDT"])
        try await fixture.publishLiveOnly(.depth(7))
        try await fixture.publishLiveOnly(.depth(8, .snapshot), .depth(9))
        #expect(
            try await client.awaitTold(4) == ["gap 5...6 edge", "gap 7...7 edge", "snapshot 8 @1", "update 9"]
        )
        #expect(try await late.awaitTold(3) == ["gap 7...7 edge", "snapshot 8 @1", "update 9"])
    }

    @Test func aNumberingThatWentBackUnderAHigherEpochIsToldAndGoesOn() async throws {
        try await fixture.publish(.ticker(500), .trade(500))
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT", "trade:BTCUSDT")
        try await fixture.publishLiveOnly(.ticker(1, epoch: 2), .ticker(2, epoch: 2))
        #expect(try await client.awaitTold(3) == ["gap 501...0 failover", "snapshot 1 @2", "update 2"])
        try await fixture.publishLiveOnly(.trade(1, epoch: 2), .trade(2, epoch: 2))
        #expect(try await client.awaitTold(3) == ["gap 501...0 failover", "update 1 @2", "update 2"])
    }

    @Test func repeatsAndWhatAnOlderLeaderSaysAreDropped() async throws {
        try await fixture.publish(.ticker(1, epoch: 3))
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        try await fixture.publishLiveOnly(
            .ticker(2, epoch: 3),
            .ticker(2, epoch: 3),
            .ticker(1, epoch: 3),
            .ticker(3, epoch: 2),
            .ticker(3, epoch: 3)
        )
        #expect(try await client.told().map { $0.prefix(8) } == ["update 2", "update 3"])
        #expect(fixture.hub.counters.staleDropped.get() == 3)
        let late = try await fixture.client()
        #expect(try await late.subscribe("ticker:BTCUSDT").last == "snapshot 3 @3")
    }
}
