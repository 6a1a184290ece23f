import NIOCore
import Testing

@testable import Ingestor

@Suite("The exchange is asked for its instruments at once, every few minutes, and for the asking at most every 10 s")
struct InstrumentScheduleTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func atOnceAndThenEveryFiveMinutes() {
        var schedule = InstrumentSchedule()
        #expect(schedule.isDue(at: start))
        schedule.asked(at: start)
        #expect(!schedule.isDue(at: start + .seconds(299)) && schedule.isDue(at: start + .seconds(300)))
    }

    /// Whether somebody who wants a fresh list at that time gets one.
    private func gets(_ schedule: inout InstrumentSchedule, after time: TimeAmount) -> Bool {
        let takes = schedule.wanted(at: start + time)
        return takes && schedule.isDue(at: start + time)
    }

    @Test func withinTenSecondsOfAQuestionNobodyNeedsAnother() {
        var schedule = InstrumentSchedule()
        schedule.asked(at: start)
        let early = gets(&schedule, after: .milliseconds(9_999))
        #expect(!early && !schedule.isDue(at: start + .seconds(10)))
        let due = gets(&schedule, after: .seconds(10))
        #expect(due)
        schedule.asked(at: start + .seconds(10))
        let again = (gets(&schedule, after: .seconds(11)), gets(&schedule, after: .seconds(60)))
        #expect(!again.0 && again.1)
    }

    @Test func anExchangeThatWantsToBeLeftAloneIs() {
        var schedule = InstrumentSchedule()
        schedule.asked(at: start)
        schedule.failed(at: start + .seconds(1), wait: .seconds(10), retryAfter: .seconds(90))
        let early = gets(&schedule, after: .seconds(90))
        #expect(!early && !schedule.isDue(at: start + .seconds(90)) && schedule.isDue(at: start + .seconds(91)))
        schedule.failed(at: start, wait: .seconds(10), retryAfter: .hours(24))
        #expect(schedule.isDue(at: start + .minutes(5)))
    }

    /// It has answered 429 or 403, and did not say for how long.
    @Test func anExchangeThatWasAskedTooOftenIsLeftAloneWhateverNodesWant() {
        var schedule = InstrumentSchedule()
        schedule.asked(at: start)
        schedule.failed(at: start, wait: .seconds(40), quiet: .zero)
        let early = (gets(&schedule, after: .seconds(10)), gets(&schedule, after: .milliseconds(39_999)))
        #expect(!early.0 && !early.1 && schedule.isDue(at: start + .seconds(40)))
        schedule.asked(at: start + .seconds(40))
        schedule.failed(at: start + .seconds(40), wait: .seconds(1), quiet: .seconds(600))
        let banned = gets(&schedule, after: .seconds(639))
        #expect(!banned && !schedule.isDue(at: start + .seconds(639)) && schedule.isDue(at: start + .seconds(640)))
        let next = gets(&schedule, after: .seconds(640))
        #expect(next)
    }

    @Test func anotherTermAsksAtOnceUnlessTheExchangeWantsToBeLeftAlone() {
        var schedule = InstrumentSchedule()
        schedule.asked(at: start)
        schedule.begin()
        #expect(schedule.isDue(at: start))
        schedule.asked(at: start)
        schedule.failed(at: start, wait: .seconds(10), quiet: .seconds(600))
        schedule.begin()
        let early = gets(&schedule, after: .seconds(599))
        #expect(!early && !schedule.isDue(at: start + .seconds(599)) && schedule.isDue(at: start + .seconds(600)))
    }

    @Test func aFailureIsNotRepeatedAtOnce() {
        var schedule = InstrumentSchedule()
        schedule.asked(at: start)
        schedule.failed(at: start + .seconds(1), wait: .seconds(40))
        #expect(!schedule.isDue(at: start + .seconds(40)) && schedule.isDue(at: start + .seconds(41)))
        schedule.asked(at: start)
        schedule.failed(at: start, wait: .zero)
        #expect(!schedule.isDue(at: start + .seconds(9)) && schedule.isDue(at: start + .seconds(10)))
    }
}
