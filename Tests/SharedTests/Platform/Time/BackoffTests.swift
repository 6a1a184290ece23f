import TestSupport
import Testing

@testable import Platform

@Suite("The waits between attempts grow to a bound, and are never alike")
struct BackoffTests {
    @Test func eachWaitLiesBetweenHalfOfItsBoundAndTheWhole() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<50 {
            var backoff = Backoff(initial: .seconds(1), maximum: .seconds(60), multiplier: 2)
            for bound in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
                let wait = backoff.next(using: &generator)
                #expect(wait >= .seconds(bound) / 2 && wait <= .seconds(bound))
            }
        }
    }

    @Test func afterAResetItStartsFromTheInitialWait() {
        var generator = SeededGenerator(seed: 2)
        var backoff = Backoff(initial: .seconds(1), maximum: .seconds(60), multiplier: 3)
        for _ in 0..<5 { _ = backoff.next(using: &generator) }
        backoff.reset()
        #expect(backoff.next(using: &generator) <= .seconds(1))
    }

    @Test func twoThatLostTheExchangeTogetherComeBackApart() {
        var generator = SeededGenerator(seed: 3)
        let waits = (0..<100).map { _ in
            var backoff = Backoff(initial: .seconds(8), maximum: .seconds(60), multiplier: 2)
            return backoff.next(using: &generator)
        }
        #expect(Set(waits).count > 95)
        #expect(waits.contains { $0 < .seconds(5) } && waits.contains { $0 > .seconds(7) })
    }

    @Test func aThousandLossesDoNotOverflow() {
        var generator = SeededGenerator(seed: 4)
        var backoff = Backoff(initial: .milliseconds(1), maximum: .seconds(60), multiplier: 10)
        for _ in 0..<1000 { #expect(backoff.next(using: &generator) <= .seconds(60)) }
    }
}
