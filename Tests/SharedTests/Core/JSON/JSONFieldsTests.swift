import Testing

@testable import Core

@Suite("The fields of our own messages are checked as they are read")
struct JSONFieldsTests {
    @Test(arguments: ["83024.60", "-0.0123", "0", "-1", "1", "0.00000001", "", "123456789012345678901234567890.5"])
    func decimalStaysTheTextThatWasSent(_ text: String) throws {
        #expect(try JSONReading.read("\"\(text)\"") { try $0.decimalString() } == text)
    }

    @Test(arguments: [
        "-", ".", ".5", "5.", "-.5", "1.2.3", "1e5", "+1", "--1", " 1", "1 ", "0x1", "1,5", "NaN", "é", #"\u0031"#,
        "1-",
    ])
    func noDecimal(_ text: String) {
        #expect(throws: JSONError.self) { try JSONReading.read("\"\(text)\"") { try $0.decimalString() } }
    }

    @Test(arguments: ["1", "null", "true", "[]", "{}", "\"1"])
    func decimalIsAString(_ text: String) {
        #expect(throws: JSONError.self) { try JSONReading.read(text) { try $0.decimalString() } }
    }

    @Test func plainStringRefusesWhatWouldNeedEscaping() throws {
        #expect(try JSONReading.read(#""ZeroMinusTick""#) { try $0.plainString() } == "ZeroMinusTick")
        for text in [#""a\"b""#, "\"é\"", "1"] {
            #expect(throws: JSONError.self) { try JSONReading.read(text) { try $0.plainString() } }
        }
    }

    @Test func requireNamesTheMissingField() throws {
        #expect(try JSONReading.read("{}") { try $0.require(5 as Int?) } == 5)
        #expect(throws: JSONError(.missingField, at: 0)) { try JSONReading.read("{}") { try $0.require(nil as Int?) } }
    }
}
