import Core
import Testing

@testable import Ingestor

@Suite("What waits must follow on what the history holds", .timeLimit(.minutes(10)))
struct QueueCheckTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// Where the log ends: epoch and sequence.
        var latest: (epoch: UInt64, sequence: UInt64)?
        var waiting: ClosedRange<UInt64>
        var kept: UInt64?
        /// The last number of a log that ends elsewhere.
        var conflict: UInt64?
    }

    /// The last term was 5.
    static let cases: [Case] = [
        Case(testDescription: "the log ends right before", latest: (5, 9), waiting: 10...20),
        Case(testDescription: "of an earlier term", latest: (4, 9), waiting: 10...20),
        Case(testDescription: "nothing was ever kept", waiting: 1...3),
        Case(testDescription: "an answer was lost", latest: (5, 12), waiting: 10...20, kept: 12),
        Case(testDescription: "all answers were lost", latest: (5, 20), waiting: 10...20, kept: 20),
        Case(testDescription: "the log was rolled back", latest: (5, 8), waiting: 10...20, conflict: 8),
        Case(testDescription: "the log is gone", waiting: 10...20, conflict: 0),
        Case(testDescription: "more than was numbered", latest: (5, 21), waiting: 10...20, conflict: 21),
        Case(testDescription: "of another leader", latest: (6, 9), waiting: 10...20, conflict: 9),
        Case(testDescription: "an end that can't be read", latest: (0, 9), waiting: 10...20, conflict: 9),
    ]

    private func outcome(_ example: Case, failures: Int = 0) async throws -> QueueCheck.Outcome? {
        let stream = try StreamName(canonical: "trade.A")
        let latest = example.latest.map { Position(epoch: $0.epoch, sequence: $0.sequence) }
        let history = HeldHistory(failures: failures, latest: latest.map { [stream: $0] } ?? [:])
        let numbers = PublishQueue.Numbers(first: example.waiting.lowerBound, last: example.waiting.upperBound)
        return await QueueCheck(history: history, term: ScriptedTerm(epoch: 9), earlier: 5).check([stream: numbers])
    }

    @Test(arguments: cases)
    func eachStreamIsJudgedByWhereItsLogEnds(_ example: Case) async throws {
        let stream = try StreamName(canonical: "trade.A")
        var expected = QueueCheck.Outcome()
        expected.kept[stream] = example.kept
        expected.conflicts[stream] = example.conflict.map { .written(last: $0) }
        #expect(try await outcome(example) == expected)
    }

    @Test func aLogThatCannotBeReadAtOnceIsReadAgain() async throws {
        #expect(try await outcome(Self.cases[3], failures: 3)?.kept.count == 1)
    }

    @Test func nothingIsKnownWhenTheTermIsOver() async throws {
        let term = ScriptedTerm(epoch: 9)
        term.expire()
        let waiting = [try StreamName(canonical: "trade.A"): PublishQueue.Numbers(first: 1, last: 2)]
        #expect(await QueueCheck(history: HeldHistory(), term: term, earlier: 5).check(waiting) == nil)
    }
}
