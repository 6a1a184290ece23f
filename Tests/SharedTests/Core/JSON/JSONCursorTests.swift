import Testing

@testable import Core

@Suite("The cursor reads RFC 8259 and nothing else")
struct JSONCursorTests {
    static let rich =
        #" { "a" : [ 1 , -2.5e+3 , "x\u00e9\n" , true , false , null , {} , [] ] , "b" : { "c" : "\\\"" } } "#

    @Test(arguments: [
        "0", "-0", "7", "-12", "1.5", "0.25", "1e5", "1E+5", "-1.5e-10", "12345678901234567890", "true", "false",
        "null",
        #""""#, #""a""#, #""\"\\\/\b\f\n\r\t\u0041""#, #""\ud83d\ude00""#, #""\ud83d""#, "\"\u{7F}\"", "\"é😀\"", "{}",
        "[]", "[[],[[]]]", #"{"a":1}"#, #"{"a":1,"a":2}"#, #"{"":""}"#, " \t\r\n1 \t\r\n", rich,
    ])
    func accepts(_ text: String) {
        #expect(JSONReading.refusal(of: Array(text.utf8)) == nil)
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd), ("   ", .unexpectedEnd), ("[", .unexpectedEnd), ("{\"a\"", .unexpectedEnd),
            ("\"a", .unexpectedEnd), ("\"a\\", .unexpectedEnd), ("\"\\u00", .unexpectedEnd), ("tru", .unexpectedEnd),
            ("trux", .unexpectedByte), ("nul1", .unexpectedByte), ("[1,]", .unexpectedByte), ("[1 2]", .unexpectedByte),
            ("[,1]", .unexpectedByte), ("{\"a\" 1}", .unexpectedByte), ("{\"a\":1 \"b\":2}", .unexpectedByte),
            ("{\"a\":}", .unexpectedByte), ("{\"a\":1,}", .wrongType), ("{a:1}", .wrongType), ("{1:1}", .wrongType),
            ("+1", .unexpectedByte), (".5", .unexpectedByte), ("NaN", .unexpectedByte), ("'a'", .unexpectedByte),
            ("\u{FEFF}1", .unexpectedByte), ("]", .unexpectedByte), ("[}", .unexpectedByte), ("{]", .wrongType),
            ("01", .badNumber), ("-", .badNumber), ("-a", .badNumber), ("1.", .badNumber), ("1.e5", .badNumber),
            ("1e", .badNumber), ("1e+", .badNumber), ("-01", .badNumber),
            ("\"\\x\"", .badString), ("\"\\u12G4\"", .badString), ("\"a\nb\"", .badString), ("\"\u{0}\"", .badString),
            ("\"\u{1F}\"", .badString),
            ("1 1", .trailingBytes), ("{}}", .trailingBytes), ("true,", .trailingBytes), ("1/**/", .trailingBytes),
        ] as [(String, JSONError.Reason)]
    )
    func refuses(_ text: String, for reason: JSONError.Reason) {
        #expect(JSONReading.refusal(of: Array(text.utf8)) == reason)
    }

    @Test(arguments: [("[", "]"), (#"{"k":"#, "}")])
    func nestingIsBoundedTo32Levels(_ open: String, _ close: String) {
        func nested(_ levels: Int) -> [UInt8] {
            Array((String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)).utf8)
        }
        #expect(JSONReading.refusal(of: nested(32)) == nil)
        #expect(JSONReading.refusal(of: nested(33)) == .tooDeep)
        #expect(JSONReading.refusal(of: nested(100_000)) == .tooDeep)
    }

    @Test func siblingsDoNotCountAsNesting() {
        #expect(
            JSONReading.refusal(of: Array("[\(Array(repeating: "[{}]", count: 100).joined(separator: ","))]".utf8))
                == nil
        )
    }

    @Test func everyTruncationIsRefusedAsTooShort() {
        let text = Array(Self.rich.utf8.dropLast(2))
        #expect(JSONReading.refusal(of: text) == .unexpectedEnd)
        let whole = Array(Self.rich.utf8.dropLast())
        for length in 0..<whole.count {
            let reason = JSONReading.refusal(of: Array(whole[..<length]))
            // A number that ends behind its sign, point or exponent is a bad number first.
            #expect(reason == .unexpectedEnd || reason == .badNumber, "\(length) bytes")
        }
    }

    @Test func membersAndElementsComeInOrder() throws {
        let seen = try JSONReading.read(#"{"b":[3,1,2],"a":true,"c":"x"}"#) { cursor in
            var seen: [String] = []
            try cursor.object { (key, cursor) throws(JSONError) in
                seen.append(key.decoded ?? "?")
                switch try cursor.peek() {
                case .array: try cursor.array { (cursor) throws(JSONError) in seen.append("\(try cursor.integer())") }
                case .bool: seen.append("\(try cursor.bool())")
                default: try cursor.skip()
                }
            }
            try cursor.end()
            return seen
        }
        #expect(seen == ["b", "3", "1", "2", "a", "true", "c"])
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("9223372036854775807", .max), ("-9223372036854775808", .min), (" 42 ", 42),
        ] as [(String, Int64)]
    )
    func integer(_ text: String, is value: Int64) throws {
        #expect(try JSONReading.read(text) { try $0.integer() } == value)
    }

    @Test(arguments: ["9223372036854775808", "-9223372036854775809", "1.0", "1e3", "\"1\"", "true", "null"])
    func noWholeNumberOf64Bits(_ text: String) {
        #expect(throws: (any Error).self) { try JSONReading.read(text) { try $0.integer() } }
    }

    @Test func aRawValueIsGivenAsItWasSent() throws {
        let raw = try JSONReading.read(#"  { "a" : [1, 2] }  ,"#) { String(decoding: try $0.rawValue(), as: UTF8.self) }
        #expect(raw == #"{ "a" : [1, 2] }"#)
        #expect(throws: JSONError(.unexpectedByte, at: 4)) { try JSONReading.read("[1, }") { _ = try $0.rawValue() } }
    }

    @Test(
        arguments: [
            ("{}", .object), ("[]", .array), ("\"\"", .string), ("-1", .number), ("0", .number), ("true", .bool),
            ("false", .bool), ("null", .null), ("  null", .null),
        ] as [(String, JSONCursor.Kind)]
    )
    func peekTells(_ text: String, kind: JSONCursor.Kind) throws {
        #expect(try JSONReading.read(text) { try $0.peek() } == kind)
    }

    @Test func anErrorSaysWhereAndWhat() {
        #expect(JSONError(.badString, at: 17).description == "a string with a control byte or a bad escape at byte 17")
    }
}
