import Logging
import Synchronization
import Testing

@testable import Platform

@Suite struct RateLimitedLoggerTests {
    private let sink = CollectingSink()
    private let clock = ManualClock()

    private func limited(limit: Int = 2, maxKeys: Int = 8, level: Logger.Level = .info) -> RateLimitedLogger {
        let logger = Logger(label: "l") { TextLogHandler(label: $0, level: level, sink: sink) { fixedTime } }
        return RateLimitedLogger(logger, limit: limit, per: .seconds(10), maxKeys: maxKeys) { [clock] in clock.now }
    }

    private var messages: [String] {
        sink.lines.map { $0.replacing("2026-11-21T00:45:07.012Z INFO l: ", with: "").replacing("\n", with: "") }
    }

    @Test func passesTheLimitAndTellsLaterWhatItSuppressed() {
        let logger = limited()
        for number in 1...5 { logger.log(.info, key: "k", "\(number)") }
        #expect(messages == ["1", "2"])
        clock.advance(.milliseconds(9_999))
        logger.log(.info, key: "k", "6")
        #expect(messages.count == 2)
        clock.advance(.milliseconds(1))
        logger.log(.info, key: "k", "7", metadata: ["a": "b"])
        logger.log(.info, key: "k", "8")
        #expect(messages == ["1", "2", "7 a=b suppressed=4", "8"])
    }

    @Test func keysAreLimitedApart() {
        let logger = limited(limit: 1)
        for key in ["a", "b", "a", "b"] { logger.log(.info, key: key, "\(key)") }
        #expect(messages == ["a", "b"])
    }

    @Test func aLineBelowTheLevelUsesNothingUp() {
        let logger = limited(limit: 1)
        logger.log(.debug, key: "k", "unheard")
        logger.log(.info, key: "k", "heard")
        #expect(messages == ["heard"])
    }

    @Test func aFloodOfKeysIsBoundedAndStillLimited() {
        let logger = limited(limit: 1, maxKeys: 3)
        for number in 1...100 { logger.log(.info, key: "\(number)", "\(number)") }
        // Three keys of their own, and one line for all the others together.
        #expect(messages == ["1", "2", "3", "4"])
        clock.advance(.seconds(10))
        for number in 101...104 { logger.log(.info, key: "\(number)", "\(number)") }
        #expect(messages.suffix(4) == ["101", "102", "103", "104 suppressed=96"])
    }

    @Test func whatAForgottenKeySuppressedIsNotForgotten() {
        var limiter = RateLimiter(limit: 1, interval: .seconds(10), maxKeys: 1)
        let start = clock.now
        #expect(limiter.admit("a", at: start) == 0)
        #expect(limiter.admit("a", at: start) == nil)
        #expect(limiter.admit("b", at: start.advanced(by: .seconds(10))) == 0)
        #expect(limiter.keyCount == 1)
        #expect(limiter.admit("c", at: start.advanced(by: .seconds(10))) == 1)
    }

    @Test func countsEveryLineOfManyThreads() async {
        let logger = limited(limit: 10)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<100 { logger.log(.info, key: "k", "m") } }
            }
        }
        #expect(messages.count == 10)
        clock.advance(.seconds(10))
        logger.log(.info, key: "k", "m")
        #expect(messages.last == "m suppressed=790")
    }
}

/// A clock that a test moves by hand.
final class ManualClock: Sendable {
    private let time = Mutex(ContinuousClock.Instant.now)

    var now: ContinuousClock.Instant { time.withLock { $0 } }

    func advance(_ duration: Duration) {
        time.withLock { $0 += duration }
    }
}
