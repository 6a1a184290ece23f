import NIOCore
import TestSupport
import Testing

@testable import Platform

@Suite("The circuit breaker spares stores that fail, and tries them ever more rarely")
struct CircuitBreakerTests {
    private enum Event {
        /// Time passes, in milliseconds.
        case pass(Int64)
        case attempt(admitted: Bool)
        case failure(wait: Int64)
        case success
    }

    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// Always the longest wait, so that a table can say how long it is.
    private struct Longest: RandomNumberGenerator {
        mutating func next() -> UInt64 { .max }
    }

    private func play(_ events: [Event], then word: String, _ location: SourceLocation = #_sourceLocation) {
        let waits = Backoff(initial: .milliseconds(100), maximum: .milliseconds(300), multiplier: 2)
        var breaker = CircuitBreaker(threshold: 3, waits: waits)
        var generator = Longest()
        var now = start
        for (index, event) in events.enumerated() {
            switch event {
            case .pass(let milliseconds): now = now + .milliseconds(milliseconds)
            case .attempt(let admitted):
                #expect(breaker.admits(at: now) == admitted, "event \(index)", sourceLocation: location)
            case .failure(let wait):
                let answer = breaker.failed(at: now, using: &generator).nanoseconds
                #expect(abs(answer - wait * 1_000_000) < 1000, "event \(index)", sourceLocation: location)
            case .success: breaker.succeeded()
            }
        }
        #expect(breaker.word == word, sourceLocation: location)
    }

    @Test func fewFailuresLeaveItClosed() {
        play(
            [.attempt(admitted: true), .failure(wait: 25), .attempt(admitted: true), .failure(wait: 25)],
            then: "closed"
        )
    }

    @Test func aSuccessStartsTheCountAnew() {
        play(
            [.failure(wait: 25), .failure(wait: 25), .success, .failure(wait: 25), .failure(wait: 25)],
            then: "closed"
        )
    }

    private let opened: [Event] = [.failure(wait: 25), .failure(wait: 25), .failure(wait: 100)]

    @Test func theThirdFailureInARowOpensIt() {
        play(opened + [.attempt(admitted: false), .pass(99), .attempt(admitted: false)], then: "open")
    }

    @Test func afterTheWaitOneTrialIsAdmitted() {
        play(opened + [.pass(100), .attempt(admitted: true), .attempt(admitted: false)], then: "half-open")
    }

    @Test func aTrialThatSucceedsClosesItAndTheWaitsStartAnew() {
        play(opened + [.pass(100), .attempt(admitted: true), .success, .attempt(admitted: true)], then: "closed")
        play(opened + [.pass(100), .attempt(admitted: true), .success] + opened, then: "open")
    }

    @Test func trialsThatFailMakeTheWaitGrowUpToItsBound() {
        var events = opened
        for (wait, next) in [(100, 200), (200, 300), (300, 300)] as [(Int64, Int64)] {
            events += [.pass(wait - 1), .attempt(admitted: false), .pass(1), .attempt(admitted: true)]
            events.append(.failure(wait: next))
        }
        play(events, then: "open")
    }

    @Test func waitsHaveJitter() {
        var generator = SeededGenerator(seed: 5)
        let waits = (0..<100).map { _ in
            var breaker = CircuitBreaker(threshold: 1)
            return breaker.failed(at: start, using: &generator).nanoseconds / 1_000_000
        }
        #expect(Set(waits).count > 10)
        #expect(waits.allSatisfy { (50...100).contains($0) })
    }
}
