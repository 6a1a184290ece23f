import Core
import Testing

/// A user's name in a stream's name: one spelling for each, and never more than one part.
@Suite struct UserPartTests {
    @Test(
        arguments: [
            ("user123", "user123"), ("a-b_C", "a-b_C"), ("auth0|123", "auth0%7C123"), ("*", "%2A"), ("a.b", "a%2Eb"),
            ("$sub", "%24sub"), ("%2A", "%252A"), ("ü", "%C3%BC"), (" ", "%20"), ("a\u{0}", "a%00"),
            (String(repeating: "x", count: 128), String(repeating: "x", count: 128)),
            (String(repeating: "|", count: 42), String(repeating: "%7C", count: 42)),
            ("", nil), (String(repeating: "x", count: 129), nil), (String(repeating: "|", count: 43), nil),
        ] as [(String, String?)]
    )
    func isWrittenSo(user: String, text: String?) { #expect(UserPart(of: user)?.text == text) }

    @Test(
        arguments: [
            ("orders.auth0%7C123", true), ("orders.%2A", true), ("orders.%C3%BC", true), ("%2A.b", true),
            // One spelling for each byte: what needs no escape has none, and digits are capital.
            ("orders.%41", false), ("orders.%2a", false), ("orders.%7c", false), ("orders.%2D", false),
            ("orders.%", false), ("orders.%2", false), ("orders.%2.A", false), ("orders.a%", false),
            ("orders.%zz", false),
            ("orders.*", false), ("orders.a|b", false),
        ]
    )
    func aNameMayHoldIt(name: String, isValid: Bool) {
        #expect(((try? StreamName(canonical: name)) != nil) == isValid)
        let part = name.split(separator: ".", maxSplits: 1)[1]
        if !name.hasPrefix("%"), !part.contains(".") { #expect(StreamName.isPart(part) == isValid) }
    }
}
