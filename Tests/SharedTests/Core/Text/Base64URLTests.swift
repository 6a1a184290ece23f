import Core
import FoundationEssentials
import TestSupport
import Testing

@Suite struct Base64URLTests {
    @Test(arguments: 0..<100)
    func isTheBase64OfFoundationInTheAlphabetOfURLs(length: Int) {
        var random = SeededGenerator(seed: UInt64(length))
        for bytes in [random.bytes(length), [UInt8](repeating: 0xFF, count: length)] {
            let text = String(
                Data(bytes).base64EncodedString().compactMap { character -> Character? in
                    switch character {
                    case "+": "-"
                    case "/": "_"
                    case "=": nil
                    default: character
                    }
                }
            )
            #expect(Base64URL.encode(bytes) == text)
            #expect(Base64URL.encodedLength(of: length) == text.utf8.count)
            #expect(Base64URL.decode(text) == bytes)
        }
    }

    @Test(arguments: ["A", "AAAAA", "AB", "AAB", "AA==", "A+AA", "A/AA", "AA A", "AA\n", "é", "AAA\0"])
    func whatItDoesNotWriteItDoesNotRead(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
