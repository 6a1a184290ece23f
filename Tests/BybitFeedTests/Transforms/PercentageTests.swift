import Testing

@testable import BybitFeed

@Suite("A ratio of the exchange becomes a percentage digit by digit")
struct PercentageTests {
    @Test(arguments: [
        ("-0.01229", "-1.23"), ("0.047175", "4.72"), ("0", "0.00"), ("-0.00001", "0.00"), ("0.00005", "0.01"),
        ("1", "100.00"), ("0.99999", "100.00"), ("12.3456789", "1234.57"), ("-0.00995", "-1.00"), ("", ""),
        ("0.1", "10.00"), ("0.0000", "0.00"), ("0.00004999", "0.00"),
    ])
    func ratio(_ ratio: String, becomes percentage: String) {
        #expect(Percentage.text(ofRatio: ratio) == percentage)
    }
}
