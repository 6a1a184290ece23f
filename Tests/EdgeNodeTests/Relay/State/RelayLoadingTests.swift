import Core
import Stores
import Testing

@testable import EdgeNode

/// A relay from the first who wants its stream to the moment at which it goes live.
@Suite("A relay that is loading") struct RelayLoadingTests {
    private let refusal = "no such symbol"

    @Test func whatComesWhileTheLogIsReadFollowsTheStateOnce() throws {
        try play(
            .on(.subscribed, "wanted at 0"),
            .hear(.trade(2), "kept"),
            .hear(.trade(3), "kept"),
            .hear(.trade(4), "kept"),
            .loaded([.trade(1), .trade(2), .trade(3)], "exists", "[0] activated at 1.3", "[0] update 1.4"),
            .hear(.trade(4), "stale"),
            .hear(.trade(5), "[0] update 1.5")
        )
    }

    @Test func aLatestStreamsStateIsToldOnceWhereItCameLiveToo() throws {
        try play(
            of: "ticker.BTCUSDT",
            .hear(.ticker(7), "kept"),
            .loaded([.ticker(7)], "exists", "[0] activated at 1.7"),
            .hear(.ticker(8, epoch: 2), "[0] update 2.8 (epoch)")
        )
    }

    @Test func everyShardThatWantsTheStreamIsActivated() throws {
        try play(
            .on(.wanted(by: 3, rank: 0)),
            .on(.wanted(by: 63, rank: 0)),
            .on(.released(by: 3)),
            .loaded([.trade(1)], "exists", "[0, 63] activated at 1.1"),
            .on(.wanted(by: 3, rank: 0), "[3] activated at 1.1"),
            .hear(.trade(2), "[0, 3, 63] update 1.2")
        )
    }

    @Test func aHoleInWhatWasKeptIsLookedFor() throws {
        try play(
            .hear(.trade(2), "kept"),
            .hear(.trade(4), "kept"),
            .loaded([.trade(1)], "exists", "[0] activated at 1.1", "[0] update 1.2", "then heal"),
            .begin("read from 2"),
            .read([.trade(3), .trade(4)], "healed", "[0] update 1.3, update 1.4"),
            .hear(.trade(5), "[0] update 1.5")
        )
    }

    @Test func aLossThatWasToldIsLookedForAfterwards() throws {
        try play(
            .on(.suspected(upTo: nil)),
            .loaded([.trade(1)], "exists", "[0] activated at 1.1", "then heal"),
            .begin("read from 1"),
            .read([])
        )
    }

    /// The ingestor could not publish it: its notice came before the stream was live.
    @Test func whatWasToldAndNeverCameIsAGap() throws {
        try play(
            .on(.suspected(upTo: Position(epoch: 1, sequence: 2))),
            .loaded([.trade(1)], "exists", "[0] activated at 1.1", "then heal"),
            .begin("read from 1"),
            .read([], "not healed", "[0] gap 1.2 edge")
        )
    }

    @Test func aLogThatCannotBeReadLeavesThePastUnknown() throws {
        try play(
            .on(.loaded(nil), "[0] activated at nothing"),
            .on(.suspected(upTo: nil), "then heal"),
            .begin("read from 0, the past is unknown"),
            .read([]),
            .hear(.trade(9), "[0] update 1.9 (epoch)")
        )
    }

    @Test func aBookWithoutAStateIsAskedForUntilItComes() throws {
        try play(
            of: "depth.50.BTCUSDT",
            .loaded([], "[0] activated at nothing", "missing"),
            .hear(.depth(4), "[0] update 1.4 (epoch)"),
            .hear(.depth(5, .snapshot), "[0] snapshot 1.5", "known"),
            .hear(.depth(6), "[0] update 1.6")
        )
    }

    @Test func theExchangesRefusalEndsIt() throws {
        let relay = try play(
            .on(.wanted(by: 1, rank: 0)),
            .hear(.of("trade.BTCUSDT", 0, .refusal, data: refusal), "kept"),
            .loaded([], "remember: \(refusal)", "[0, 1] refused: \(refusal)", "then unload"),
            .hear(.trade(1), "kept")
        )
        #expect(!relay.isWanted)
    }

    @Test func aFormerLeadersRefusalIsNone() throws {
        try play(
            .hear(.of("trade.BTCUSDT", 0, epoch: 1, .refusal, data: refusal), "kept"),
            .hear(.trade(6, epoch: 2), "kept"),
            .loaded([.trade(5, epoch: 2)], "exists", "[0] activated at 2.5", "[0] update 2.6")
        )
    }

    @Test func whoeverLeavesMeanwhileLeavesItWhenTheLogHasBeenRead() throws {
        let relay = try play(
            .on(.released(by: 0)),
            .hear(.trade(1), "kept"),
            .loaded([.trade(1)], "then unload"),
            .hear(.trade(2), "kept")
        )
        #expect(!relay.isWanted)
    }

    @Test func whoeverLeavesAndComesBackMeanwhileIsActivated() throws {
        try play(
            .on(.released(by: 0)),
            .on(.wanted(by: 1, rank: 0)),
            .loaded([.trade(1)], "exists", "[1] activated at 1.1")
        )
    }

    @Test func moreThanIsKeptIsReadAgain() throws {
        let relay = try play()
        for sequence in 2...UInt64(KeptPublications.maximum + 1) {
            try play(on: relay, .hear(.trade(sequence), "kept"))
        }
        try play(on: relay, .hear(.trade(UInt64(KeptPublications.maximum) + 2), "kept"))
        let outcome = relay.take(.loaded(HistorySlice(entries: [try .trade(1)])))
        #expect(outcome.step == .heal)
        try play(
            on: relay,
            .begin("read from \(KeptPublications.maximum + 1)"),
            .read([.trade(UInt64(KeptPublications.maximum) + 2)], "healed", "[0] update 1.10002"),
            .hear(.trade(10_003), "[0] update 1.10003")
        )
    }

    @Test func exactlyAsMuchAsIsKeptIsNotReadAgain() throws {
        let relay = try play()
        for sequence in 2...UInt64(KeptPublications.maximum + 1) {
            try play(on: relay, .hear(.trade(sequence), "kept"))
        }
        #expect(relay.take(.loaded(HistorySlice(entries: [try .trade(1)]))).step == nil)
    }

    @Test func rankIsTheLowestOfThoseWhoWantItUntilItIsHeard() throws {
        let relay = try play(
            rank: 9,
            .on(.wanted(by: 1, rank: 12)),
            .on(.wanted(by: 1, rank: 7), "lower to 7"),
            .on(.subscribed, "wanted at 7"),
            .on(.advanced(to: 8)),
            .on(.advanced(to: 3), "lower to 3")
        )
        #expect(relay.rank == 3)
        let isNews = [relay.hear(), relay.hear()]
        #expect(isNews == [true, false] && relay.rank == 0)
    }

    @Test func ofAStreamWithoutNumbersNothingIsMissing() throws {
        let here = try Publication.of("presence.room", 0, .transient)
        let relay = try play(
            of: "presence.room",
            .on(.suspected(upTo: nil)),
            .hear(here, "kept"),
            .hear(here, "kept"),
            .loaded([], "[0] activated at nothing", "[0] transient, transient"),
            .on(.suspected(upTo: Position(epoch: 1, sequence: 9))),
            .hear(here, "[0] transient")
        )
        #expect(relay.admits(here))
        #expect(!relay.admits(try .of("presence.room", 1)))
        #expect(relay.admits(try .of("presence.room", 0, .refusal)))
    }
}
