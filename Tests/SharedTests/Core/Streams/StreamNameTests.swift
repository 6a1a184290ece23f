import Core
import TestSupport
import Testing

@Suite("A stream's name is checked text")
struct StreamNameTests {
    @Test(arguments: [
        "ticker.BTCUSDT", "a.b", "heat.3.x_y-Z", "news.de.9", "a." + String(repeating: "x", count: 126),
    ])
    func isTaken(_ text: String) throws {
        #expect(try StreamName(canonical: text).canonical == text)
    }

    @Test(arguments: [
        "", "ticker", ".", "a.", ".a", "a..b", "a.b.", "a b.c", "a.b*", "a.>", "a.{b}", "a.\u{FC}", "a.b\n", "a:b",
        "a/b.c",
        "a." + String(repeating: "x", count: 127),
    ])
    func isRefused(_ text: String) {
        #expect(throws: StreamNameError.invalid("Invalid stream format: \(text)")) { try StreamName(canonical: text) }
    }

    @Test func whatIsTakenIsASCIIWithoutSpaces() {
        var generator = SeededGenerator(seed: 3)
        let characters = Array("ab.Z09_-:*>{} \u{301}\u{DF}\n")
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                    characters[Int.random(in: 0..<characters.count, using: &generator)]
                }
            )
            guard let name = try? StreamName(canonical: text) else { continue }
            #expect(name.canonical.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"*>{}:".utf8.contains($0) })
        }
    }
}
