import NIOHTTP1
import Platform
import Testing

@testable import EdgeNode

@Suite("The address of a client is what the last trusted proxy says, and nothing that the client says itself")
struct TrustedProxiesTests {
    private static let proxies = TrustedProxies(IPRanges.parse("10.0.0.0/8,fd00::/8,192.0.2.7") ?? .none)

    private func client(_ peer: String, _ headers: [(String, String)]) -> String? {
        Self.proxies.client(IPAddress(peer), HTTPHeaders(headers))?.description
    }

    private static let simple: [(peer: String, lines: [String], client: String)] = [
        // Nobody believes who is no proxy.
        ("198.51.100.1", ["203.0.113.9"], "198.51.100.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("fd00::1", ["2001:db8::9"], "2001:db8::9"),
        // A forged first entry.
        ("10.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["10.0.0.5, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1,2.2.2.2", "3.3.3.3 , 203.0.113.9, 10.0.0.2 ,192.0.2.7"], "203.0.113.9"),
        // All are proxies: the first of them has asked for itself.
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        // Garbage ends the chain at the last proxy that was found.
        ("10.0.0.1", ["203.0.113.9, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, unknown, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["203.0.113.9, 999.1.1.1"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, ::1%eth0"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, 203.0.113.9:"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, 203.0.113.9:123456"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, [2001:db8::9"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, [203.0.113.9]"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, [2001:db8::9]x"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, \u{0}"], "10.0.0.1"),
        // Empty elements are none.
        ("10.0.0.1", ["203.0.113.9, , ,"], "203.0.113.9"),
        ("10.0.0.1", ["", ","], "10.0.0.1"),
        // With ports, as some proxies write them.
        ("10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
        ("10.0.0.1", ["[2001:db8::9]:4711"], "2001:db8::9"),
        ("10.0.0.1", ["[2001:db8::9]"], "2001:db8::9"),
        // A quote that is left open.
        ("10.0.0.1", [#""1.1.1.1, 203.0.113.9"#], "203.0.113.9"),
    ]

    @Test(arguments: simple) func xForwardedFor(_ line: (peer: String, lines: [String], client: String)) {
        #expect(client(line.peer, line.lines.map { ("X-Forwarded-For", $0) }) == line.client)
    }

    private static let standard: [(peer: String, lines: [String], client: String)] = [
        ("198.51.100.1", ["for=203.0.113.9"], "198.51.100.1"),
        ("10.0.0.1", ["for=203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["For=203.0.113.9;proto=https;by=10.0.0.1"], "203.0.113.9"),
        ("10.0.0.1", [#"proto=https;host="a,b;for=1.1.1.1";FOR="[2001:db8::9]:4711""#], "2001:db8::9"),
        ("10.0.0.1", [#"for="203.0.113.9:_hidden""#], "203.0.113.9"),
        ("10.0.0.1", ["for=1.1.1.1, for=203.0.113.9, for=10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["for=1.1.1.1", "for=203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["for=203.0.113.9, for=unknown"], "10.0.0.1"),
        ("10.0.0.1", ["for=203.0.113.9, for=_gazonk, for=10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["for=203.0.113.9, proto=https"], "10.0.0.1"),
        ("10.0.0.1", ["for=203.0.113.9, for=1.1.1.1;for=2.2.2.2"], "10.0.0.1"),
        ("10.0.0.1", ["for=203.0.113.9, 2.2.2.2"], "10.0.0.1"),
        ("10.0.0.1", ["for=203.0.113.9, for"], "10.0.0.1"),
        ("10.0.0.1", ["for=203.0.113.9, for="], "10.0.0.1"),
        ("10.0.0.1", [#"for=203.0.113.9, for=""#], "10.0.0.1"),
        // Quotes that are left open, and such that would be closed by what the proxy has added.
        ("10.0.0.1", [#"for="1.1.1.1, for=203.0.113.9"#], "203.0.113.9"),
        ("10.0.0.1", [#"for="1.1.1.1, for="203.0.113.9""#], "203.0.113.9"),
        ("10.0.0.1", [#"for="1.1.1.1\, for="203.0.113.9""#], "203.0.113.9"),
        ("10.0.0.1", [#"for=1.1.1.1;x="\"#, "for=203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", [#"for=1.1.1.1, for=203.0.113.9;x="a\",b""#], "203.0.113.9"),
    ]

    @Test(arguments: standard) func forwarded(_ line: (peer: String, lines: [String], client: String)) {
        #expect(client(line.peer, line.lines.map { ("Forwarded", $0) }) == line.client)
    }

    @Test func twoHeadersAreBelievedWhereTheyAgree() {
        let simple = ("X-Forwarded-For", "1.1.1.1, 203.0.113.9")
        #expect(client("10.0.0.1", [simple, ("Forwarded", "for=203.0.113.9")]) == "203.0.113.9")
        #expect(client("10.0.0.1", [simple, ("Forwarded", "for=1.1.1.1")]) == "10.0.0.1")
        #expect(client("10.0.0.1", [("Forwarded", "for=203.0.113.9"), ("X-Forwarded-For", "nonsense")]) == "10.0.0.1")
    }

    @Test func aSocketWithoutAnAddressHasNoClientWithOne() {
        #expect(Self.proxies.client(nil, ["X-Forwarded-For": "203.0.113.9"]) == nil)
    }
}
