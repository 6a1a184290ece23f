import TestSupport
import Testing

@testable import EdgeNode

/// When keys are fetched: often enough, and not once more.
@Suite struct KeyRefreshTests {
    /// A state and the seconds since it was made.
    private final class Clockwork {
        private let start = ContinuousClock.now
        private var generator = SeededGenerator(seed: 1)
        private lazy var refresh = KeyRefresh(at: start)

        func tick(_ seconds: Double) -> Bool { refresh.tick(at: start + .seconds(seconds)) }

        func lack(_ seconds: Double) -> KeyRefresh.Answer { refresh.lack(at: start + .seconds(seconds)) }

        func succeed(_ seconds: Double, lifetime: Int?) {
            refresh.succeeded(lifetime: lifetime.map { .seconds($0) }, at: start + .seconds(seconds))
        }

        func fail(_ seconds: Double) -> Int { refresh.failed(at: start + .seconds(seconds), using: &generator) }
    }

    private let keys = Clockwork()

    @Test func untilTheyHaveComeNobodyCanSay() {
        #expect(keys.lack(0) == .unavailable(retryAfter: 1))
        #expect(keys.tick(0))
        #expect(keys.lack(0) == .unavailable(retryAfter: 1))
        #expect(keys.fail(5) == 1)
        #expect(keys.lack(5) == .unavailable(retryAfter: 1))
    }

    @Test func oneFetchAtATime() {
        #expect(keys.tick(0))
        #expect(!keys.tick(3600))
    }

    /// Within a minute and a day, and ten minutes where the answer says nothing.
    @Test(arguments: [(nil, 600), (0, 60), (61, 61), (1 << 31, 86_400)] as [(Int?, Int)])
    func anAnswerIsGoodForAsLongAsItSays(_ lifetime: Int?, _ seconds: Int) {
        #expect(keys.tick(0))
        keys.succeed(1, lifetime: lifetime)
        #expect(!keys.tick(Double(seconds)))
        #expect(keys.tick(Double(seconds + 1)))
    }

    @Test func aKeyThatIsNotThereCausesOneFetchInThirtySeconds() {
        #expect(keys.tick(0))
        keys.succeed(1, lifetime: 3600)
        #expect(keys.lack(2) == .absent, "they have come just now")
        #expect(keys.lack(30) == .fetch)
        #expect(keys.lack(31) == .wait)
        #expect(keys.lack(90) == .wait)
        #expect(!keys.tick(90))
        keys.succeed(91, lifetime: 3600)
        #expect(keys.lack(91) == .fetch, "the last began a minute ago")
        keys.succeed(92, lifetime: 3600)
        #expect(keys.lack(120) == .absent)
    }

    /// Whether the key is there can't be said then: it is no fault of the token.
    @Test func whileTheyCanNotBeFetchedAKeyThatIsNotThereIsNotRefused() {
        #expect(keys.tick(0))
        keys.succeed(0, lifetime: 60)
        #expect(keys.tick(60))
        #expect(keys.fail(61) == 1)
        #expect(keys.lack(61) == .unavailable(retryAfter: 1))
    }

    @Test func afterAFailureItIsTriedAgainSoonAndEverLessOften() {
        var now = 0.0
        var waits: [Int] = []
        for _ in 0..<10 {
            while !keys.tick(now) { now += 0.5 }
            waits.append(keys.fail(now))
        }
        #expect(waits[0] == 1 && waits[9] >= 30)
        #expect(waits.allSatisfy { (1...61).contains($0) })
    }
}
