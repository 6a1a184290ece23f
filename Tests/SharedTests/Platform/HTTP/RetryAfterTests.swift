import Testing

@testable import Platform

@Suite("Retry-After is read in all its forms, and never waited for without end")
struct RetryAfterTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT.
    private static let date: Int64 = 784_111_777

    @Test(
        arguments: [
            ("0", 0), ("7", 7), (" 30 ", 30), ("600", 600), ("601", 600), ("99999999999999999999999", 600),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 100), ("Sunday, 06-Nov-94 08:49:37 GMT", 100),
            ("Sun Nov  6 08:49:37 1994", 100), ("Sun, 06 Nov 1994 08:47:00 GMT", 0),
            ("Sat, 29 Feb 2020 00:00:00 GMT", 600),
        ] as [(String, Int64)]
    )
    func saysHowLongToWait(text: String, seconds: Int64) {
        #expect(RetryAfter.wait(text, now: Self.date - 100) == .seconds(seconds))
    }

    @Test func aDateIsThatOfTheCalendar() {
        #expect(RetryAfter.wait("Thu, 01 Jan 1970 00:01:40 GMT", now: 0) == .seconds(100))
        #expect(RetryAfter.wait("Sun, 01 Mar 2020 00:00:00 GMT", now: 1_583_020_700) == .seconds(100))
        #expect(RetryAfter.wait("Sat, 29 Feb 2020 23:59:59 GMT", now: 1_583_020_700) == .seconds(99))
        #expect(RetryAfter.wait("Thu, 31 Dec 2026 00:00:00 GMT", now: 1_798_675_100) == .seconds(100))
    }

    @Test(arguments: [
        "", " ", "soon", "-1", "1.5", "1,5", "Sun, 06 Nov 1994", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:49:37 GMT", "٣",
    ])
    func whatCanNotBeReadSaysNothing(text: String) {
        #expect(RetryAfter.wait(text, now: Self.date) == nil)
    }
}
