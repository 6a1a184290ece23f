import Foundation
import Testing

@testable import BybitSimulator

struct KlineIntervalTests {
    private static func milliseconds(_ text: String) throws -> Int64 {
        Int64(try Date(text, strategy: .iso8601).timeIntervalSince1970 * 1_000)
    }

    @Test(arguments: [
        (KlineInterval.minutes1, "2026-02-13T19:56:00Z", "2026-02-13T19:57:00Z"),
        (.minutes3, "2026-02-13T19:54:00Z", "2026-02-13T19:57:00Z"),
        (.minutes5, "2026-02-13T19:55:00Z", "2026-02-13T20:00:00Z"),
        (.minutes15, "2026-02-13T19:45:00Z", "2026-02-13T20:00:00Z"),
        (.minutes30, "2026-02-13T19:30:00Z", "2026-02-13T20:00:00Z"),
        (.minutes60, "2026-02-13T19:00:00Z", "2026-02-13T20:00:00Z"),
        (.minutes120, "2026-02-13T18:00:00Z", "2026-02-13T20:00:00Z"),
        (.minutes240, "2026-02-13T16:00:00Z", "2026-02-13T20:00:00Z"),
        (.minutes360, "2026-02-13T18:00:00Z", "2026-02-14T00:00:00Z"),
        (.minutes720, "2026-02-13T12:00:00Z", "2026-02-14T00:00:00Z"),
        (.day, "2026-02-13T00:00:00Z", "2026-02-14T00:00:00Z"),
        (.week, "2026-02-09T00:00:00Z", "2026-02-16T00:00:00Z"),
        (.month, "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"),
    ])
    func alignsToUTC(_ interval: KlineInterval, _ start: String, _ next: String) throws {
        let time = try Self.milliseconds("2026-02-13T19:56:01Z")
        let first = try Self.milliseconds(start)
        let following = try Self.milliseconds(next)
        #expect(interval.start(containing: time) == first)
        #expect(interval.next(after: first) == following)
        #expect(interval.start(containing: first) == first)
        #expect(interval.start(containing: following - 1) == first)
    }

    @Test
    func datesGoThereAndBack() {
        for day in stride(from: Int64(-40_000), to: 40_000, by: 1) {
            #expect(CivilDate(daysSinceEpoch: day).daysSinceEpoch == day)
        }
        #expect(CivilDate(daysSinceEpoch: 0) == CivilDate(year: 1970, month: 1, day: 1))
        #expect(KlineInterval.month.next(after: 1_796_083_200_000) == 1_798_761_600_000)
    }
}
