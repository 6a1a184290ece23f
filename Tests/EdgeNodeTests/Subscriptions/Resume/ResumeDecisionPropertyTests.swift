import Core
import TestSupport
import Testing

@testable import EdgeNode

/// Histories as they come to be, and clients that stopped at some point of one: against a model that compares lists.
@Suite struct ResumeDecisionPropertyTests {
    private static let limits = ReplayLimits(entries: 12, bytes: 100)

    /// A history from sequence 1 on, in which the epoch rises now and then.
    private static func history(_ random: inout SeededGenerator, from epoch: UInt64) -> [Position] {
        var epoch = epoch
        return (1...UInt64.random(in: 1...20, using: &random)).map { sequence in
            if Int.random(in: 0..<5, using: &random) == 0 { epoch += UInt64.random(in: 1...3, using: &random) }
            return Position(epoch: epoch, sequence: sequence)
        }
    }

    /// What is left of a history: its tail, sometimes with a hole.
    private static func log(of history: [Position], _ random: inout SeededGenerator) -> ListLog {
        var entries = Array(history.dropFirst(Int.random(in: 0...history.count, using: &random)))
        if entries.count > 2, Int.random(in: 0..<4, using: &random) == 0 {
            entries.remove(at: Int.random(in: 1..<entries.count - 1, using: &random))
        }
        return ListLog(entries)
    }

    @Test(arguments: 0..<20)
    func whatIsReplayedIsExactlyWhatTheClientHasNotSeen(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var recovered = 0
        for _ in 0..<2000 {
            let history = Self.history(&random, from: 1)
            let log = Self.log(of: history, &random)
            // A client of this history, or of one that was lost and began anew under a higher epoch.
            let isOfThisHistory = Bool.random(using: &random)
            let seen = isOfThisHistory ? history : Self.history(&random, from: history.last!.epoch + 1)
            let last = seen.randomElement(using: &random)!
            let claim = ResumeClaim(epoch: last.epoch, sequence: last.sequence)
            switch ResumeDecision(claim, in: log, limits: Self.limits) {
            case .recovered(let from, let to, let count):
                recovered += 1
                // What it has seen and what it is sent are the history, whole and once.
                #expect(isOfThisHistory)
                let replayed = log.entries.filter { (from...max(from, to)).contains($0.sequence) }
                #expect(count == replayed.count && count <= Self.limits.entries)
                #expect(seen.prefix { $0.sequence <= last.sequence } + replayed == history)
                #expect(from == last.sequence + 1 && to == history.last?.sequence)
            case .notRecovered(let reason, let oldest, let latest):
                #expect(oldest == log.oldest?.sequence && latest == log.latest?.sequence)
                #expect(reason == Self.reason(claim, log), "\(claim) in \(log.testDescription)")
            }
        }
        #expect(recovered > 100)
    }

    /// Why the model says no; nil where it has no reason to.
    private static func reason(_ claim: ResumeClaim, _ log: ListLog) -> ResumeFailure? {
        guard let oldest = log.oldest, let latest = log.latest else { return .unknown }
        if claim.sequence > latest.sequence { return claim.epoch == latest.epoch ? .unknown : .epochChanged }
        let position = Position(epoch: claim.epoch!, sequence: claim.sequence)
        let isThere = log.entries.contains(position)
        if !isThere, log.entries.contains(where: { $0.sequence == claim.sequence }) { return .epochChanged }
        let isBeforeOldest = Position(epoch: position.epoch, sequence: position.sequence + 1) == oldest
        guard isThere || isBeforeOldest else { return .expired }
        let missed = log.entries.map(\.sequence).filter { $0 > claim.sequence }
        if missed != Array((claim.sequence + 1)..<(latest.sequence + 1)) { return .expired }
        return missed.count > limits.entries || 10 * missed.count > limits.bytes ? .tooFar : nil
    }
}
