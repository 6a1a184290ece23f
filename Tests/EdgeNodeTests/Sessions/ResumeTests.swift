import Core
import NIOCore
import NIOEmbedded
import Platform
import Stores
import Synchronization
import Testing

@testable import EdgeNode

/// A client that comes back, on this or any other node: what it missed, then live, nothing lost and nothing twice.
@Suite(.timeLimit(.minutes(10))) struct ResumeTests {
    private let broker = HeldBroker()
    private let fixture: EdgeFixture

    init() { fixture = EdgeFixture(shards: 2, broker: broker) }

    private func resume(
        _ stream: String,
        _ sequence: UInt64,
        epoch: UInt64? = 1,
        shard: Int = 0
    ) async throws -> (client: TestClient, told: [String]) {
        let client = try await fixture.client(shard: shard)
        let epoch = epoch.map { #""epoch":\#($0),"# } ?? ""
        try await client.send(#"{"op":"resume","positions":{"\#(stream)":{\#(epoch)"sequence":\#(sequence)}}}"#)
        return (client, try await client.awaitTold())
    }

    private func publishTrades(_ sequences: ClosedRange<UInt64>, epoch: UInt64 = 1) async throws {
        for sequence in sequences { try await fixture.publish(.trade(sequence, epoch: epoch)) }
    }

    @Test func whatWasMissedIsReplayedAndThenItGoesOnLive() async throws {
        try await publishTrades(1...5)
        let (client, told) = try await resume("trade:BTCUSDT", 2)
        #expect(told == ["resumed trade:BTCUSDT 3...5", "update 3", "update 4", "update 5"])
        try await publishTrades(6...6)
        #expect(try await client.awaitTold() == ["update 6"])
    }

    /// As at the first connect of a client that always resumes: the answer is as ever, but nothing was lost.
    @Test func whoHasNoPositionIsCountedApart() async throws {
        try await publishTrades(1...2)
        let client = try await fixture.client()
        try await client.send(#"{"op":"resume","streams":["trade:BTCUSDT"]}"#)
        #expect(try await client.awaitTold() == ["resumed trade:BTCUSDT not unknown"])
        let report = EdgeReport(
            shards: fixture.counters,
            mailboxes: fixture.mailboxes,
            hub: fixture.hub,
            health: fixture.health
        )
        let counted = report.counted()
        #expect(counted[ContinuityMetrics.resumes, "not_recovered", "no_position"] == 1)
        #expect(counted[ContinuityMetrics.resumes, "not_recovered", "unknown"] == 0)
        #expect(counted[ContinuityMetrics.resumes] == 1)
    }

    @Test func whoMissedNothingIsTold() async throws {
        try await publishTrades(1...5)
        let (client, told) = try await resume("trade:BTCUSDT", 5)
        #expect(told == ["resumed trade:BTCUSDT 6...5"])
        try await publishTrades(6...6)
        #expect(try await client.awaitTold() == ["update 6"])
    }

    /// On a node that has heard nothing of the stream.
    @Test(arguments: ["ticker", "trade", "depth"], [1, nil] as [UInt64?])
    func whoStandsWhereTheStreamStandsHasMissedNothingAlsoWhereTheLogIsGone(kind: String, epoch: UInt64?) async throws {
        let reads = HeldHistory(Retention(idleExpiry: .milliseconds(10)))
        let fixture = EdgeFixture(reads: reads)
        let stream = try StreamName(canonical: kind == "depth" ? "depth.50.BTCUSDT" : "\(kind).BTCUSDT")
        for sequence in UInt64(1)...3 { try await fixture.publish(.of(stream.canonical, sequence)) }
        try await fixture.until { try await reads.read(stream, from: 0, limit: 1).oldest == nil }
        let positions = epoch.map { #"{"epoch":\#($0),"sequence":"# } ?? #"{"sequence":"#
        let (there, behind) = (try await fixture.client(), try await fixture.client())
        try await there.send(#"{"op":"resume","positions":{"\#(stream)":\#(positions)3}}}"#)
        #expect(try await there.awaitTold() == ["resumed \(stream) 4...3"])
        try await behind.send(#"{"op":"resume","positions":{"\#(stream)":\#(positions)2}}}"#)
        #expect(try await behind.awaitTold() == ["resumed \(stream) not unknown"])
        try await fixture.publish(
            .of(stream.canonical, 4, .snapshot, data: #"{"symbol":"B","bids":[],"asks":[],"updateId":1}"#)
        )
        #expect(try await there.awaitTold() == ["snapshot 4 @1"])
    }

    @Test(
        arguments: [
            ("trade:BTCUSDT", 9, 1, "unknown"), ("trade:BTCUSDT", 3, 2, "epoch_changed"),
            ("trade:ETHUSDT", 3, 1, "unknown"),
        ] as [(String, UInt64, UInt64, String)]
    )
    func aPositionThatCannotBeGoneOnFromIsToldWithItsReason(
        stream: String,
        sequence: UInt64,
        epoch: UInt64,
        reason: String
    ) async throws {
        try await publishTrades(1...5)
        let (_, told) = try await resume(stream, sequence, epoch: epoch)
        #expect(told == ["resumed \(stream) not \(reason)"])
    }

    @Test func aStateStreamThatCannotBeGoneOnWithGetsItsState() async throws {
        for sequence in UInt64(1)...3 { try await fixture.publish(.ticker(sequence, epoch: 4)) }
        let (client, told) = try await resume("ticker:BTCUSDT", 2, epoch: 3)
        #expect(told == ["resumed ticker:BTCUSDT not epoch_changed", "snapshot 3 @4"])
        try await fixture.publish(.ticker(4, epoch: 4))
        #expect(try await client.awaitTold() == ["update 4"])
    }

    @Test func aPositionWithoutEpochIsJudgedByItsSequence() async throws {
        try await publishTrades(1...2)
        try await publishTrades(3...4, epoch: 7)
        let client = try await fixture.client()
        try await client.send(#"{"action":"resume","streams":["trades.btc_usdt"],"lastSequence":1}"#)
        #expect(
            try await client.awaitTold() == ["resumed trades.btc_usdt 2...4", "update 2", "update 3 @7", "update 4"]
        )
    }

    @Test func aGapInTheLogIsReplayedAsOne() async throws {
        try await fixture.publish(.trade(1), .trade(2, .gap(.upstream)), .trade(3))
        let (_, told) = try await resume("trade:BTCUSDT", 1)
        #expect(told == ["resumed trade:BTCUSDT 2...3", "gap 2...2 upstream", "update 3"])
    }

    @Test func aHoleInTheLogIsNotPaperedOver() async throws {
        try await fixture.publish(.trade(1), .trade(2), .trade(5))
        let (_, told) = try await resume("trade:BTCUSDT", 1)
        #expect(told == ["resumed trade:BTCUSDT not expired"])
    }

    @Test func whatIsPublishedWhileTheLogIsReadComesOnce() async throws {
        try await publishTrades(1...2)
        let other = try await fixture.client()
        try await other.subscribe("trade:BTCUSDT")
        // Asked for, but the shard has not run yet: what comes now is on its way to it.
        let client = try await fixture.client()
        try await client.send(#"{"op":"resume","positions":{"trade:BTCUSDT":{"epoch":1,"sequence":1}}}"#)
        try await publishTrades(3...6)
        var told: [String] = []
        try await fixture.until {
            told += try await client.told()
            return told.count >= 6
        }
        #expect(told.first?.hasPrefix("resumed trade:BTCUSDT 2...") == true)
        #expect(told.dropFirst() == ["update 2", "update 3", "update 4", "update 5", "update 6"])
    }

    @Test func aHerdIsOneReadOfTheHistory() async throws {
        try await publishTrades(1...9)
        _ = try await resume("trade:BTCUSDT", 1)
        let reads = fixture.hub.counters.historyReads.get()
        for sequence in UInt64(1)...8 {
            let (_, told) = try await resume("trade:BTCUSDT", sequence)
            #expect(told.count == 1 + Int(9 - sequence))
        }
        #expect(fixture.hub.counters.historyReads.get() == reads)
    }

    @Test func whatCameLiveSinceTheHistoryWasReadIsReplayedToo() async throws {
        try await publishTrades(1...3)
        _ = try await resume("trade:BTCUSDT", 1)
        try await publishTrades(4...5)
        let reads = fixture.hub.counters.historyReads.get()
        let (_, told) = try await resume("trade:BTCUSDT", 2)
        #expect(told == ["resumed trade:BTCUSDT 3...5", "update 3", "update 4", "update 5"])
        #expect(fixture.hub.counters.historyReads.get() == reads)
    }

    @Test func theLogIsLetGoWhenNobodyResumesAnyLonger() async throws {
        try await publishTrades(1...3)
        _ = try await resume("trade:BTCUSDT", 1)
        let reads = fixture.hub.counters.historyReads.get()
        try await fixture.sweep(seconds: 32)
        _ = try await resume("trade:BTCUSDT", 1)
        #expect(fixture.hub.counters.historyReads.get() == reads + 1)
    }

    @Test func bothShardsResumeTheSameStream() async throws {
        try await publishTrades(1...4)
        async let first = resume("trade:BTCUSDT", 1, shard: 0)
        async let second = resume("trade:BTCUSDT", 2, shard: 1)
        #expect(try await first.told == ["resumed trade:BTCUSDT 2...4", "update 2", "update 3", "update 4"])
        #expect(try await second.told == ["resumed trade:BTCUSDT 3...4", "update 3", "update 4"])
    }

    @Test func moreThanTheOutboxTakesIsTooFar() async throws {
        let fixture = EdgeFixture { $0.outbox.bytes = 4096 }
        for sequence in UInt64(1)...40 { try await fixture.publish(.ticker(sequence)) }
        let client = try await fixture.client()
        try await client.send(#"{"op":"resume","positions":{"ticker:BTCUSDT":{"epoch":1,"sequence":2}}}"#)
        #expect(try await client.awaitTold() == ["resumed ticker:BTCUSDT not too_far", "snapshot 40 @1"])
    }

    @Test func aTokenBringsBackAllSubscriptionsAndPositionsWin() async throws {
        try await publishTrades(1...2)
        try await fixture.publish(.ticker(1), .ticker(2))
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT", "ticker:BTCUSDT")
        // The first reply knows nothing of the ticker's state, which comes behind it.
        try await client.send(#"{"op":"subscribe","args":["trade:BTCUSDT","ticker:BTCUSDT"]}"#)
        let reply = try #require(try await client.awaitTexts().first)
        let token = try #require(reply.firstMatch(of: /"token":"([^"]+)"/)).1
        try await client.disconnect()
        try await publishTrades(3...5)
        try await fixture.publish(.ticker(3))
        let back = try await fixture.client(shard: 1)
        try await back.send(
            #"{"op":"resume","token":"\#(token)","positions":{"trade:BTCUSDT":{"epoch":1,"sequence":4}}}"#
        )
        #expect(
            try await back.awaitTold() == [
                "resumed trade:BTCUSDT 5...5 ticker.BTCUSDT 3...3", "update 5", "update 3",
            ]
        )
        try await fixture.publish(.ticker(4))
        #expect(try await back.awaitTold() == ["update 4"])
    }

    @Test func aForgedTokenIsRefusedAndTheConnectionStays() async throws {
        let client = try await fixture.client()
        try await client.send(#"{"op":"resume","token":"AAAA"}"#)
        #expect(try await client.awaitTold() == ["error INVALID_RESUME_TOKEN"])
        #expect(client.isOpen)
    }

    @Test func aDrainGivesATokenToComeBackWith() async throws {
        try await publishTrades(1...1)
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        try await publishTrades(2...2)
        _ = try await client.awaitTold()
        let port = fixture.ports[0]
        try await fixture.loops[0].executeInContext { port.shard.value.clients.drain(window: .seconds(1)) {} }
        let goodbye = try #require(try await client.awaitTexts().first)
        let token = try #require(goodbye.firstMatch(of: /"resumeToken":"([^"]+)"/)).1
        try await publishTrades(3...3)
        let back = try await fixture.client(shard: 1)
        try await back.send(#"{"action":"resume","token":"\#(token)"}"#)
        #expect(try await back.awaitTold() == ["resumed trade.BTCUSDT 3...3", "update 3"])
    }

    @Test func resumingWhatIsSubscribedBeginsItAnew() async throws {
        try await publishTrades(1...3)
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        try await client.send(#"{"op":"resume","positions":{"trade:BTCUSDT":{"epoch":1,"sequence":2}}}"#)
        #expect(try await client.awaitTold() == ["resumed trade:BTCUSDT 3...3", "update 3"])
        try await publishTrades(4...4)
        #expect(try await client.awaitTold() == ["update 4"])
        #expect(fixture.counters[0].subscriptions.get() == 1)
    }
}
