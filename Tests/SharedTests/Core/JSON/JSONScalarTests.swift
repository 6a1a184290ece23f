import NIOCore
import Testing

@testable import Core

@Suite("Numbers of an exchange come out as plain decimals, however they were sent")
struct JSONScalarTests {
    private func decimal(_ text: String) throws -> String {
        try JSONReading.read(text) { cursor in
            let value = try cursor.decimal()
            try cursor.end()
            var json = JSONWriter()
            json.scalar(value)
            let written = String(buffer: json.makeBuffer())
            #expect(written == value.text)
            return value.text
        }
    }

    @Test(arguments: [
        ("83024.60", "83024.60"), ("-0.0123", "-0.0123"), ("0", "0"), ("0.00000001", "0.00000001"),
        ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
        ("5E-7", "0.0000005"), ("5e-7", "0.0000005"), ("5e-07", "0.0000005"), ("-5E-7", "-0.0000005"),
        ("1e3", "1000"), ("1E+3", "1000"), ("1e0", "1"), ("1e-0", "1"), ("1.50e1", "15.0"), ("1.50e+2", "150"),
        ("1.5e3", "1500"), ("1.5e-1", "0.15"), ("12.345e1", "123.45"), ("0.05e1", "0.5"), ("0.05e3", "50"),
        ("0e5", "0"), ("0E-8", "0"), ("0.00e400", "0"), ("-0e1", "0"),
        ("1e63", "1" + String(repeating: "0", count: 63)),
        ("1e-64", "0." + String(repeating: "0", count: 63) + "1"), ("1e0000000000000000000000001", "10"),
    ])
    func aNumber(_ text: String, comesOutAs plain: String) throws {
        #expect(try decimal("\"\(text)\"") == plain)
        #expect(try decimal(text) == plain, "bare")
    }

    @Test func theEmptyTextStandsForNone() throws {
        #expect(try decimal(#""""#) == "")
        #expect(throws: JSONError.self) { try JSONReading.read(#""""#) { try $0.nonEmptyDecimal().text } }
    }

    @Test(arguments: [
        "-", ".", ".5", "5.", "1.2.3", "+1", "--1", " 1", "1 ", "0x1", "1,5", "NaN", "Infinity", "é", #"\u0031"#, "1-",
        "e", "e5", "1e", "1e+", "1e-", "1e1.5", "1e5e5", "-e5", ".5e1", "1 e5", "1e64", "1e-65", "1e999999999999999999",
        "1e-999999999999999999",
    ])
    func noNumber(_ text: String) {
        #expect(throws: JSONError.self) { try decimal("\"\(text)\"") }
    }

    @Test(arguments: ["null", "true", "[]", "{}", "\"1", "01", "1e", "+1", "1e400"])
    func noBareNumber(_ text: String) {
        #expect(throws: JSONError.self) { try decimal(text) }
    }

    @Test(
        arguments: [
            ("5", 5), (#""5""#, 5), ("-5", -5), ("5.0", 5), (#""5.000""#, 5), ("5e3", 5000),
            (#""1.790757082283E12""#, 1_790_757_082_283), ("9223372036854775807", .max),
            (#""-9223372036854775808""#, .min), ("0", 0), ("-0", 0),
        ] as [(String, Int64)]
    )
    func wholeNumber(_ text: String, is value: Int64) throws {
        #expect(try JSONReading.read(text) { try $0.wholeNumber() } == value)
        #expect(try JSONReading.read(text) { try $0.milliseconds() } == value)
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "99999999999999999999", #""""#, "null", "true", #""x""#, "1e30",
    ])
    func noWholeNumber(_ text: String) {
        #expect(throws: JSONError.self) { try JSONReading.read(text) { try $0.wholeNumber() } }
        #expect(throws: JSONError.self) { try JSONReading.read(text) { try $0.milliseconds() } }
    }

    @Test func whatIsFinerThanAMillisecondIsCut() throws {
        #expect(try JSONReading.read("1790757082283.75") { try $0.milliseconds() } == 1_790_757_082_283)
        #expect(throws: JSONError.self) { try JSONReading.read("7.5") { try $0.wholeNumber() } }
    }

    @Test(
        arguments: [
            ("true", true), ("false", false), (#""true""#, true), (#""false""#, false), ("1", true), (#""0""#, false),
            ("2", nil), (#""yes""#, nil), ("null", nil), ("[]", nil),
        ] as [(String, Bool?)]
    )
    func flag(_ text: String, is value: Bool?) {
        #expect((try? JSONReading.read(text) { try $0.flag() }) == value)
    }

    @Test(
        arguments: [
            (#""ZeroMinusTick""#, "ZeroMinusTick"), (#""""#, ""), (#""é""#, "é"), (#""a\"b\u00e9""#, #"a\"b\u00e9"#),
            ("21", "21"), ("2.1e3", "2100"), (#""\ud83d""#, nil), ("null", nil), ("{}", nil),
        ] as [(String, String?)]
    )
    func word(_ text: String, is value: String?) {
        #expect((try? JSONReading.read(text) { try $0.word().text }) == value)
    }

    @Test func aWordOfBytesThatAreNoTextIsRefused() {
        #expect(throws: JSONError.self) { try JSONReading.read([0x22, 0xFF, 0x22]) { try $0.word().text } }
    }

    @Test func whatCanNotBeReadIsPassedOverWhereItIsNotNeeded() throws {
        let values = try JSONReading.read(#"[1,{"a":"]"},"2",[[]],3]"#) { cursor in
            var values: [Int64?] = []
            try cursor.array { (cursor) throws(JSONError) in
                values.append(try cursor.attempt { (cursor) throws(JSONError) in try cursor.wholeNumber() })
            }
            return values
        }
        #expect(values == [1, nil, 2, nil, 3])
    }
}
