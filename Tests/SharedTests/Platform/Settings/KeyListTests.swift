import Testing

@testable import Platform

@Suite("Keys of a setting: one as it stands, or several with ids")
struct KeyListTests {
    private static let long = "0123456789abcdef"

    @Test(
        arguments: [
            (long, [":\(long)"]), ("a:\(long)", ["a:\(long)"]), ("a:\(long), b:\(long)x", ["a:\(long)", "b:\(long)x"]),
            ("a:\(long):\(long)", ["a:\(long):\(long)"]),
            // Not wholly of that form: one key.
            ("a:\(long),\(long)", [":a:\(long),\(long)"]), ("a b:\(long)", [":a b:\(long)"]),
            ("seventeen-letters:\(long)", [":seventeen-letters:\(long)"]),
            ("short", nil), ("a:short", nil), ("a:\(long),b:short", nil), ("a:\(long),a:\(long)", nil),
        ] as [(String, [String]?)]
    )
    func isReadSo(_ setting: String, _ expected: [String]?) {
        let list = KeyList(setting, minimumLength: 16)
        #expect(list?.keys.map { "\($0.id):\($0.secret)" } == expected)
    }

    /// As keys of resume tokens are read: any text is a list.
    @Test(
        arguments: [
            ("short", [":short"]), ("a:\(long),b:\(long)", ["a:\(long)", "b:\(long)"]),
            ("a:\(long),a:\(long)", ["a:\(long)", "a:\(long)"]), ("a:\(long),b:short", [":a:\(long),b:short"]),
            ("a:short", [":a:short"]), ("", [":"]),
        ]
    )
    func anyTextIsOne(_ setting: String, _ expected: [String]) {
        #expect(KeyList(setting, minimumOfPairs: 16).keys.map { "\($0.id):\($0.secret)" } == expected)
    }

    @Test func itNeverShowsAKey() throws {
        let list = try #require(KeyList("a:\(Self.long),b:\(Self.long)", minimumLength: 16))
        var dumped = ""
        dump(list, to: &dumped)
        for text in ["\(list)", String(reflecting: list), dumped] {
            #expect(text.contains("a, which signs, b") && !text.contains(Self.long), "\(text)")
        }
    }
}
