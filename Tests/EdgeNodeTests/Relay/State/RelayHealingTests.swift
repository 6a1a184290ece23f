import Core
import Stores
import Testing

@testable import EdgeNode

/// A relay that is live, or is being healed because something is missing.
@Suite("A relay that is live") struct RelayHealingTests {
    private func live(_ stream: String = "trade.BTCUSDT", at publication: Publication) throws -> Relay {
        let position = "\(publication.position.epoch).\(publication.position.sequence)"
        return try play(of: stream, .loaded([publication], "exists", "[0] activated at \(position)"))
    }

    @Test func aHoleIsFilledBeforeAnythingBehindItIsHandedOn() throws {
        try play(
            on: live(at: .trade(1)),
            .hear(.trade(2), "[0] update 1.2"),
            .hear(.trade(2), "stale"),
            .hear(.trade(5), "torn"),
            .hear(.trade(6), "kept"),
            .begin("read from 2"),
            .hear(.trade(7), "kept"),
            .read(
                [.trade(3), .trade(4), .trade(5)],
                "healed",
                "[0] update 1.3, update 1.4, update 1.5, update 1.6, update 1.7"
            ),
            .begin("nothing to read"),
            .hear(.trade(8), "[0] update 1.8")
        )
    }

    @Test func whatTheHistoryDoesNotHaveStaysAHole() throws {
        try play(
            on: live(at: .trade(1)),
            .hear(.trade(5), "torn"),
            .begin("read from 1"),
            .read([.trade(4), .trade(5)], "not healed", "[0] update 1.4, update 1.5"),
            .hear(.trade(6), "[0] update 1.6")
        )
    }

    @Test func aSecondHoleThatOpensMeanwhileIsLookedForToo() throws {
        try play(
            on: live(at: .trade(1)),
            .hear(.trade(3), "torn"),
            .begin("read from 1"),
            .hear(.trade(5), "kept"),
            .read([.trade(2), .trade(3)], "healed", "[0] update 1.2, update 1.3", "then heal"),
            .begin("read from 3"),
            .read([.trade(4), .trade(5)], "healed", "[0] update 1.4, update 1.5")
        )
    }

    /// A read sees only what was lost before it began.
    @Test func aLossDuringAReadIsReadAgainButNotOneBeforeIt() throws {
        try play(
            on: live(at: .trade(1)),
            .on(.suspected(upTo: nil), "then heal"),
            .on(.suspected(upTo: nil)),
            .begin("read from 1"),
            .read([]),
            .on(.suspected(upTo: nil), "then heal"),
            .begin("read from 1"),
            .on(.suspected(upTo: nil)),
            .read([.trade(2)], "healed", "[0] update 1.2", "then heal"),
            .begin("read from 2"),
            .read([])
        )
    }

    @Test func moreThanIsKeptIsReadAgain() throws {
        let relay = try live(at: .trade(1))
        try play(on: relay, .hear(.trade(3), "torn"), .begin("read from 1"))
        let last = UInt64(KeptPublications.maximum) + 3
        for sequence in 4...last { try play(on: relay, .hear(.trade(sequence), "kept")) }
        #expect(relay.take(.read([try .trade(2)], at: 0)).step == .heal)
        try play(
            on: relay,
            .begin("read from \(last - 1)"),
            .read([.trade(last)], "healed", "[0] update 1.\(last)"),
            .hear(.trade(last + 1), "[0] update 1.\(last + 1)")
        )
    }

    @Test func whatTheIngestorHasToldAndNobodyHasIsAGap() throws {
        try play(
            on: live(at: .trade(1)),
            .on(.suspected(upTo: Position(epoch: 1, sequence: 1))),
            .on(.suspected(upTo: Position(epoch: 1, sequence: 4)), "then heal"),
            .begin("read from 1"),
            .read([.trade(2)], "healed", "[0] update 1.2", "not healed", "[0] gap 1.4 edge"),
            .hear(.trade(5), "[0] update 1.5")
        )
    }

    @Test func whatCameAfterAllIsNoGap() throws {
        try play(
            on: live(at: .trade(1)),
            .on(.suspected(upTo: Position(epoch: 1, sequence: 2)), "then heal"),
            .begin("read from 1"),
            .hear(.trade(2), "kept"),
            .read([], "healed", "[0] update 1.2")
        )
    }

    /// Whether it is missing nobody can say before the history has been read.
    @Test func whatWasToldWhileTheHistoryIsAwayIsToldWhenItIsBack() throws {
        try play(
            on: live(at: .trade(1)),
            .on(.suspected(upTo: Position(epoch: 1, sequence: 2)), "then heal"),
            .begin("read from 1"),
            .read(nil, "then healLater"),
            .on(.suspected(upTo: nil), "then heal"),
            .begin("read from 1"),
            .read([], "not healed", "[0] gap 1.2 edge")
        )
    }

    @Test func aHistoryThatIsAwayHoldsNothingUp() throws {
        try play(
            on: live(at: .trade(1)),
            .hear(.trade(3), "torn"),
            .begin("read from 1"),
            .read(nil, "not healed", "[0] update 1.3", "then healLater"),
            .hear(.trade(4), "[0] update 1.4")
        )
    }

    @Test func aNumberingThatWentBackIsReadFromItsBeginning() throws {
        try play(
            on: live(at: .trade(7)),
            .hear(.trade(3, epoch: 2), "torn"),
            .begin("read from 0"),
            .read(
                [.trade(1, epoch: 2), .trade(2, epoch: 2), .trade(3, epoch: 2)],
                "not healed",
                "[0] update 2.1 (epoch), update 2.2, update 2.3"
            ),
            .hear(.trade(4, epoch: 1), "stale"),
            .hear(.trade(4, epoch: 2), "[0] update 2.4")
        )
    }

    @Test func aBookWithAHoleHasNoStateUntilTheNextSnapshot() throws {
        try play(
            on: live("depth.50.BTCUSDT", at: .depth(1, .snapshot)),
            .hear(.depth(3), "torn"),
            .begin("read from 1"),
            .read([], "not healed", "[0] update 1.3", "missing"),
            .hear(.depth(4), "[0] update 1.4"),
            .hear(.depth(5, .snapshot), "[0] snapshot 1.5", "known")
        )
    }

    @Test func theExchangesRefusalEndsItAtOnce() throws {
        let refusal = try Publication.of("trade.BTCUSDT", 0, .refusal, data: "delisted")
        let relay = try play(
            on: live(at: .trade(1)),
            .hear(refusal, "refused: delisted"),
            .hear(.trade(2), "kept"),
            .on(.suspected(upTo: nil))
        )
        #expect(relay.end() == [0] && !relay.isWanted)
    }

    @Test func theExchangesRefusalEndsAHealing() throws {
        let relay = try play(
            on: live(at: .trade(1)),
            .hear(.trade(3), "torn"),
            .hear(.of("trade.BTCUSDT", 0, .refusal, data: "delisted"), "kept"),
            .begin("read from 1"),
            .read([.trade(2)], "remember: delisted", "[0] refused: delisted", "then unload")
        )
        #expect(!relay.isWanted)
    }

    @Test func aFormerLeadersRefusalIsStale() throws {
        try play(
            on: live(at: .trade(1, epoch: 2)),
            .hear(.of("trade.BTCUSDT", 0, epoch: 1, .refusal, data: "delisted"), "stale"),
            .hear(.trade(2, epoch: 2), "[0] update 2.2")
        )
    }

    @Test func theLastWhoLeavesLeavesTheStream() throws {
        try play(
            on: live(at: .trade(1)),
            .on(.wanted(by: 1, rank: 0), "[1] activated at 1.1"),
            .on(.released(by: 0)),
            .on(.released(by: 1), "then unload"),
            .hear(.trade(2), "kept"),
            .on(.suspected(upTo: Position(epoch: 1, sequence: 3))),
            .on(.wanted(by: 1, rank: 0)),
            .on(.released(by: 1))
        )
    }

    @Test func whoeverLeavesWhileItIsHealedLeavesItAfterwards() throws {
        try play(
            on: live(at: .trade(1)),
            .hear(.trade(3), "torn"),
            .on(.released(by: 0)),
            .begin("read from 1"),
            .read([.trade(2)], "healed", "[] update 1.2, update 1.3", "then unload"),
            .hear(.trade(4), "kept")
        )
    }

    @Test func whoeverJoinsWhileItIsHealedGetsTheStateAndThenTheRest() throws {
        try play(
            on: live(at: .trade(1)),
            .hear(.trade(3), "torn"),
            .on(.released(by: 0)),
            .on(.wanted(by: 2, rank: 0), "[2] activated at 1.1"),
            .begin("read from 1"),
            .read([.trade(2)], "healed", "[2] update 1.2, update 1.3")
        )
    }

    /// The broker has been told that nobody wants it: it is asked again, and the log read again.
    @Test func whoeverComesWhileTheStreamIsBeingLeftBeginsItAnew() throws {
        let left = try play(
            on: live(at: .trade(1)),
            .on(.released(by: 0), "then unload"),
            .on(.wanted(by: 5, rank: 0))
        )
        #expect(left.isWanted)
        let relay = left.renewed()
        #expect(relay.snapshots === left.snapshots)
        try play(
            on: relay,
            .hear(.trade(3), "kept"),
            .loaded([.trade(2)], "exists", "[5] activated at 1.2", "[5] update 1.3")
        )
    }

    @Test(arguments: [(UInt64(2), false), (3, true)])
    func itIsBehindWhereTheIngestorIsFurther(told: UInt64, isBehind: Bool) throws {
        let relay = try live(at: .trade(2))
        #expect(relay.isBehind(Position(epoch: 1, sequence: told), knowsPast: false) == isBehind)
        try play(on: relay, .hear(.trade(9), "torn"))
        let isBehindWhileHealed = relay.isBehind(Position(epoch: 1, sequence: told), knowsPast: true)
        #expect(!isBehindWhileHealed, "it is being looked for")
    }
}
