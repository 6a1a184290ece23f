import Testing

@testable import Platform

@Suite struct LogTimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1_795_221_907_012, "2026-11-21T00:45:07.012Z"),
        (951_782_400_999, "2000-02-29T00:00:00.999Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (1_735_689_599_007, "2024-12-31T23:59:59.007Z"),
    ])
    func isRFC3339InUTC(milliseconds: Int, text: String) {
        #expect(LogTimestamp(milliseconds: milliseconds).description == text)
    }

    @Test func nowIsNow() {
        // Between the day that this was written and the year 2200.
        #expect((1_735_689_600_000..<7_258_118_400_000).contains(LogTimestamp.now.milliseconds))
    }
}
