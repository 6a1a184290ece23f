import Core
import NIOCore
import Testing

@testable import BybitSimulator

struct DecimalTests {
    @Test(arguments: [
        (0, 0, "0"), (0, 2, "0.00"), (5, 0, "5"), (5, 3, "0.005"), (-5, 2, "-0.05"), (123, 2, "1.23"), (100, 2, "1.00"),
        (-12_290, 6, "-0.012290"), (8_302_460, 2, "83024.60"), (Int.max, 0, "9223372036854775807"),
        (Int.min, 3, "-9223372036854775.808"),
    ])
    func writesAllDigits(_ value: Int, _ scale: Int, _ text: String) {
        var json = JSONWriter()
        json.decimal(value, scale: scale)
        let written = String(buffer: json.finish())
        #expect(written == text)
    }

    @Test(arguments: [
        (-12_290, 6, "-0.01229"), (1_664_950, 2, "16649.5"), (1_667_700, 2, "16677"), (0, 4, "0"), (100, 0, "100"),
    ])
    func trims(_ value: Int, _ scale: Int, _ text: String) {
        var json = JSONWriter()
        json.trimmed(value, scale: scale)
        let written = String(buffer: json.finish())
        #expect(written == text)
    }

    @Test(arguments: [(123_456, 5, 4, "1.2345"), (447_011, 1, 4, "44701.1000"), (7, 4, 4, "0.0007")])
    func fixesDigits(_ value: Int, _ scale: Int, _ digits: Int, _ text: String) {
        var json = JSONWriter()
        json.decimal(value, scale: scale, digits: digits)
        let written = String(buffer: json.finish())
        #expect(written == text)
    }
}
