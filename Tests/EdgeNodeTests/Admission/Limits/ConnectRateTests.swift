import NIOCore
import Testing

@testable import EdgeNode

@Suite("As many as a second's worth may connect at once, then as many as the rate")
struct ConnectRateTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test(arguments: [1, 2, 5, 1000]) func aSecondsWorthComesAtOnceAndThenOneEachInterval(_ perSecond: Int) throws {
        let rate = ConnectRate(perSecond: perSecond)
        let interval = TimeAmount.nanoseconds(1_000_000_000 / Int64(perSecond))
        var due = NIODeadline.uptimeNanoseconds(0)
        for _ in 0..<perSecond { #expect(rate.admit(&due, at: Self.start) == nil) }
        #expect(rate.admit(&due, at: Self.start) == interval)
        #expect(rate.admit(&due, at: Self.start + interval - .nanoseconds(1)) == .nanoseconds(1))
        #expect(rate.admit(&due, at: Self.start + interval) == nil)
        #expect(rate.admit(&due, at: Self.start + interval) == interval)
    }

    /// Else who goes on trying would never come in.
    @Test func whoIsRefusedIsNotCounted() {
        let rate = ConnectRate(perSecond: 1)
        var due = NIODeadline.uptimeNanoseconds(0)
        #expect(rate.admit(&due, at: Self.start) == nil)
        for _ in 0..<1000 { #expect(rate.admit(&due, at: Self.start + .milliseconds(500)) == .milliseconds(500)) }
        #expect(rate.admit(&due, at: Self.start + .seconds(1)) == nil)
    }

    @Test func whatWasNotUsedForLongIsNoMoreThanASecondsWorth() {
        let rate = ConnectRate(perSecond: 3)
        var due = NIODeadline.uptimeNanoseconds(0)
        #expect(rate.admit(&due, at: Self.start) == nil)
        let later = Self.start + .hours(1)
        #expect((0..<10).filter { _ in rate.admit(&due, at: later) == nil }.count == 3)
    }
}
