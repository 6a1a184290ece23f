import Testing

@testable import Core

@Suite("A string token is decoded exactly, and only where it stands for a text")
struct JSONTokenTests {
    private func token<Value>(_ text: String, _ body: (JSONToken) -> Value) throws -> Value {
        try JSONReading.read(text) { body(try $0.string()) }
    }

    @Test(arguments: [
        (#""""#, ""), (#""plain""#, "plain"), ("\"é😀\"", "é😀"), (#""\u00e9\u00C9""#, "éÉ"), (#""\ud83d\ude00""#, "😀"),
        (#""a\ud83d\ude00b\ud83d\ude01""#, "a😀b😁"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0000""#, "\u{0}"), (#""\u00e9x\u0301""#, "éx\u{301}"), ("\"é\\n😀\"", "é\n😀"),
    ])
    func decodes(_ text: String, to decoded: String) throws {
        #expect(try token(text) { $0.decoded.map { Array($0.unicodeScalars) } } == Array(decoded.unicodeScalars))
    }

    @Test(arguments: [#""\ud83d""#, #""\ude00""#, #""\ud83dx\ude00""#, #""\ud83d\n\ude00""#, #""\ude00\ud83d""#])
    func halfASurrogatePairIsNoText(_ text: String) throws {
        #expect(try token(text) { $0.decoded } == nil)
    }

    @Test(
        arguments: [
            [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x5C, 0x6E, 0xFF],
        ] as [[UInt8]]
    )
    func bytesThatAreNotUTF8AreNoText(_ bytes: [UInt8]) throws {
        let decoded = try JSONReading.read([0x22] + bytes + [0x22]) { try $0.string().decoded }
        #expect(decoded == nil)
    }

    @Test func equalsComparesTheWholeToken() throws {
        #expect(try token(#""topic""#) { $0.equals("topic") })
        #expect(try token(#""topic""#) { $0.equals("topi") } == false)
        #expect(try token(#""topic""#) { $0.equals("topics") } == false)
        #expect(try token(#""Topic""#) { $0.equals("topic") } == false)
        #expect(try token(#""""#) { $0.equals("") })
    }

    @Test func plainIsPrintableASCIIWithoutEscapes() throws {
        #expect(try token(#""BTCUSDT ~!""#) { $0.isPlain })
        for text in [#""a\/b""#, "\"é\"", "\"\u{7F}\""] { #expect(try token(text) { $0.isPlain } == false) }
    }
}
