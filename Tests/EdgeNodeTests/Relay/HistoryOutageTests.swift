import Testing

@testable import EdgeNode

/// For how long a node waits for a history that does not answer.
@Suite struct HistoryOutageTests {
    private let outage = HistoryOutage(patience: .seconds(6))
    private let now = ContinuousClock.now

    @Test func itIsWorthWaitingUntilTheHistoryHasBeenAwayForThePatience() {
        #expect(outage.isWorthWaiting)
        outage.failed(since: now - .seconds(5))
        #expect(outage.isWorthWaiting)
        let long = HistoryOutage(patience: .seconds(6))
        long.failed(since: now - .seconds(7))
        #expect(!long.isWorthWaiting)
    }

    @Test func anAnswerEndsTheOutage() {
        outage.failed(since: now - .seconds(7))
        outage.answered()
        #expect(outage.isWorthWaiting)
    }

    @Test func aReadThatBeganBeforeTheLastAnswerSaysNothingOfTheTimeBeforeIt() {
        outage.answered()
        outage.failed(since: now - .seconds(7))
        #expect(outage.isWorthWaiting)
    }

    @Test func whereNobodyHasAskedSinceLongItIsAnotherOutage() {
        outage.failed(since: now - .seconds(7))
        #expect(!outage.isWorthWaiting)
        outage.failed(since: now + .seconds(7))
        #expect(outage.isWorthWaiting)
    }
}
