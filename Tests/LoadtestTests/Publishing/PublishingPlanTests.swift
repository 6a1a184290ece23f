import Testing

@testable import LoadGenerator

/// Moments of an open loop.
@Suite struct PublishingPlanTests {
    @Test("Publications are as far apart as the rate says, without drift")
    func even() {
        let plan = PublishingPlan(rate: 3, burst: 1, start: 1000, end: .max)
        #expect((0..<4).map(plan.moment(of:)) == [1000, 333_334_333, 666_667_667, 1_000_001_000])
        #expect(plan.moment(of: 3_000_000) == 1_000_000_000_001_000)
    }

    @Test("Those of a burst share a moment, and the rate stays")
    func bursts() {
        let plan = PublishingPlan(rate: 100, burst: 10, start: 0, end: .max)
        #expect(Set((0..<10).map(plan.moment(of:))) == [0])
        #expect(plan.moment(of: 10) == 100_000_000)
        #expect(plan.moment(of: 1000) == 10_000_000_000)
    }

    @Test("All that is due is published, each under its own moment, however late it is")
    func due() {
        let plan = PublishingPlan(rate: 1000, burst: 1, start: 0, end: 10_000_000)
        #expect(plan.due(from: 0, by: 2_500_000, limit: 100) == [0, 1_000_000, 2_000_000])
        #expect(plan.due(from: 3, by: 2_500_000, limit: 100) == [])
        #expect(plan.due(from: 3, by: 60_000_000_000, limit: 2) == [3_000_000, 4_000_000])
        // The end is not part of it.
        #expect(plan.due(from: 0, by: 60_000_000_000, limit: 100).count == 10)
    }

    @Test("Each stream has its turn once in a round, in another order in the next")
    func order() {
        var order = StreamOrder(50)
        let first = (0..<50).map { _ in order.take() }
        let second = (0..<50).map { _ in order.take() }
        #expect(Set(first).count == 50)
        #expect(Set(second).count == 50)
        #expect(first != second)
    }
}
