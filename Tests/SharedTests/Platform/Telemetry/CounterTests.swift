import Dispatch
import Platform
import Testing

@testable import Platform

@Suite struct CounterTests {
    private final class Counters: Sendable {
        let own = Counter<OneThread>()
        let common = Counter<AnyThread>()
    }

    @Test func countsUpAndDown() {
        let counters = Counters()
        #expect(counters.own.get() == 0 && counters.common.get() == 0)
        counters.own.add()
        counters.own.add(4)
        counters.own.add(-2)
        #expect(counters.own.get() == 3)
        counters.own.set(9)
        #expect(counters.own.get() == 9)
        #expect(counters.common.add() == 1)
        #expect(counters.common.add(-5) == -4)
        #expect(counters.common.get() == -4)
        counters.common.reset()
        #expect(counters.common.get() == 0)
    }

    @Test func manyThreadsLoseNothingWhereAnyThreadWrites() {
        let counters = Counters()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<10_000 { counters.common.add() }
        }
        #expect(counters.common.get() == 80_000)
    }
}
