import Core
import Testing

@testable import EdgeNode

@Suite struct ResumeDecisionTests {
    private static let limits = ReplayLimits(entries: 100, bytes: 1000)

    /// Sequences 5 to 9 of epoch 2.
    private static let plain = ListLog((2, 5...9))
    /// Two leaders: 5 to 7 of epoch 2, 8 to 9 of epoch 4.
    private static let twoEpochs = ListLog((2, 5...7), (4, 8...9))
    /// 7 is missing.
    private static let holed = ListLog((2, 5...6), (2, 8...9))
    private static let whole = ListLog((2, 1...3))
    private static let empty = ListLog([])

    private func decide(_ claim: ResumeClaim?, _ log: ListLog, _ limits: ReplayLimits = limits) -> ResumeDecision {
        ResumeDecision(claim, in: log, limits: limits)
    }

    @Test(
        arguments: [
            (plain, 2, 5, 6...9), (plain, 2, 8, 9...9), (plain, nil, 5, 6...9), (plain, nil, 8, 9...9),
            // Right before the oldest.
            (plain, 2, 4, 5...9), (plain, nil, 4, 5...9),
            // Over the change of the leader.
            (twoEpochs, 2, 6, 7...9), (twoEpochs, 2, 7, 8...9), (twoEpochs, 4, 8, 9...9), (twoEpochs, nil, 5, 6...9),
            (twoEpochs, 2, 4, 5...9),
            // Behind the hole it does not matter.
            (holed, 2, 8, 9...9), (holed, nil, 8, 9...9),
            // Nothing was seen, and the log has everything from the start; 0 has no epoch.
            (whole, 2, 0, 1...3), (whole, nil, 0, 1...3), (whole, 0, 0, 1...3), (whole, 9, 0, 1...3),
        ] as [(ListLog, UInt64?, UInt64, ClosedRange<UInt64>)]
    )
    func whatTheLogHoldsIsRecovered(log: ListLog, epoch: UInt64?, sequence: UInt64, missed: ClosedRange<UInt64>) {
        #expect(
            decide(ResumeClaim(epoch: epoch, sequence: sequence), log)
                == .recovered(from: missed.lowerBound, to: missed.upperBound, count: missed.count)
        )
    }

    @Test(arguments: [(plain, 2), (plain, nil), (twoEpochs, 4), (holed, 2)] as [(ListLog, UInt64?)])
    func whoHasSeenTheLatestHasMissedNothing(log: ListLog, epoch: UInt64?) {
        #expect(decide(ResumeClaim(epoch: epoch, sequence: 9), log) == .recovered(from: 10, to: 9, count: 0))
    }

    @Test(
        arguments: [
            // Older than the log can tell.
            (plain, 2, 3, .expired), (plain, nil, 3, .expired), (plain, 2, 0, .expired), (plain, nil, 0, .expired),
            (plain, 1, 3, .expired), (plain, 7, 3, .expired),
            // Right before the oldest, but of another epoch: it may not be the entry that was there.
            (plain, 1, 4, .expired), (plain, 3, 4, .expired), (twoEpochs, 4, 4, .expired),
            // There, under another epoch.
            (plain, 1, 5, .epochChanged), (plain, 3, 9, .epochChanged), (plain, 0, 7, .epochChanged),
            (twoEpochs, 4, 7, .epochChanged), (twoEpochs, 2, 8, .epochChanged), (twoEpochs, 3, 9, .epochChanged),
            // Ahead of the log.
            (plain, 2, 10, .unknown), (plain, nil, 10, .unknown), (plain, 2, .max, .unknown),
            (plain, nil, .max, .unknown), (plain, 2, .max - 1, .unknown),
            (plain, 1, 10, .epochChanged), (plain, 3, 10, .epochChanged), (twoEpochs, 2, 10, .epochChanged),
            (plain, 1, .max - 1, .epochChanged),
            // A hole in what is to be replayed, or right at the claim.
            (holed, 2, 5, .expired), (holed, 2, 6, .expired), (holed, 2, 7, .expired), (holed, nil, 7, .expired),
            (holed, 2, 4, .expired), (holed, nil, 4, .expired),
        ] as [(ListLog, UInt64?, UInt64, ResumeFailure)]
    )
    func whatTheLogCannotShowIsToldSo(log: ListLog, epoch: UInt64?, sequence: UInt64, reason: ResumeFailure) {
        #expect(
            decide(ResumeClaim(epoch: epoch, sequence: sequence), log)
                == .notRecovered(reason: reason, oldest: 5, latest: 9)
        )
    }

    @Test(arguments: [0, 1, .max] as [UInt64])
    func withoutALogEveryPositionIsUnknown(sequence: UInt64) {
        for epoch in [nil, 2] as [UInt64?] {
            #expect(
                decide(ResumeClaim(epoch: epoch, sequence: sequence), Self.empty)
                    == .notRecovered(reason: .unknown, oldest: nil, latest: nil)
            )
        }
    }

    @Test func withoutAPositionNothingIsKnown() {
        #expect(decide(nil, Self.plain) == .notRecovered(reason: .unknown, oldest: 5, latest: 9))
        #expect(decide(nil, Self.empty) == .notRecovered(reason: .unknown, oldest: nil, latest: nil))
    }

    @Test func moreThanIsReplayedAtATimeIsTooFar() {
        let claim = ResumeClaim(epoch: 2, sequence: 5)
        let good = ResumeDecision.recovered(from: 6, to: 9, count: 4)
        let far = ResumeDecision.notRecovered(reason: .tooFar, oldest: 5, latest: 9)
        #expect(decide(claim, Self.plain, ReplayLimits(entries: 4, bytes: 40)) == good)
        #expect(decide(claim, Self.plain, ReplayLimits(entries: 3, bytes: 40)) == far)
        #expect(decide(claim, Self.plain, ReplayLimits(entries: 4, bytes: 39)) == far)
        // Who has missed nothing needs no room.
        let latest = ResumeClaim(epoch: 2, sequence: 9)
        #expect(
            decide(latest, Self.plain, ReplayLimits(entries: 0, bytes: 0)) == .recovered(from: 10, to: 9, count: 0)
        )
    }

    @Test func aSequenceAtTheEndOfAllNumbersIsNotFollowed() {
        let last = ListLog([Position(epoch: 2, sequence: .max)])
        #expect(
            decide(ResumeClaim(epoch: 2, sequence: .max), last)
                == .notRecovered(reason: .unknown, oldest: .max, latest: .max)
        )
        #expect(
            decide(ResumeClaim(epoch: 2, sequence: .max - 1), last)
                == .recovered(from: .max, to: .max, count: 1)
        )
        #expect(
            decide(ResumeClaim(epoch: nil, sequence: 0), last)
                == .notRecovered(reason: .expired, oldest: .max, latest: .max)
        )
    }
}
