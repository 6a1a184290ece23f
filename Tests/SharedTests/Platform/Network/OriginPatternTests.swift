import Platform
import Testing

@Suite("Origins are matched exactly in scheme and port, and a pattern takes any name below its own")
struct OriginPatternTests {
    @Test(
        arguments: [
            (
                "https://example.com", ["https://example.com", "https://EXAMPLE.com", "https://example.com:443"],
                [
                    "http://example.com", "https://example.com:8443", "https://www.example.com",
                    "https://example.com.evil.net",
                    "https://evilexample.com", "https://example.com/", "https://example.com@evil.net", "example.com",
                    "", "null",
                    "https://", "https://example.com,https://evil.net", "https://example.com\0",
                    "https://example.com:0443x",
                ]
            ),
            (
                "https://*.example.com",
                ["https://app.example.com", "https://a.b.example.com", "HTTPS://App.Example.com"],
                [
                    "https://example.com", "https://.example.com", "https://evilexample.com",
                    "https://app.example.com:8443",
                    "http://app.example.com", "https://*.example.com", "https://app.example.com.evil.net",
                ]
            ),
            (
                "http://*.example.com:8080", ["http://a.example.com:8080"],
                ["http://a.example.com", "http://example.com:8080"]
            ),
            ("http://localhost:3000", ["http://localhost:3000"], ["http://localhost", "http://localhost:30000"]),
            ("http://[::1]:3000", ["http://[::1]:3000"], ["http://[::2]:3000", "http://::1:3000"]),
            ("capacitor://localhost", ["capacitor://localhost"], ["capacitor://localhost:1", "https://localhost"]),
            ("null", ["null"], ["https://null", "file://", ""]),
            ("https://a.net, https://b.net", ["https://a.net", "https://b.net"], ["https://c.net"]),
        ] as [(String, [String], [String])]
    )
    func pattern(_ text: String, takes good: [String], andNot bad: [String]) throws {
        let patterns = try #require(OriginPatterns.parse(text))
        for origin in good { #expect(patterns.match(origin), "\(origin)") }
        for origin in bad { #expect(!patterns.match(origin), "\(origin)") }
        #expect(OriginPatterns.parse(patterns.settingText) == patterns)
    }

    @Test(arguments: [
        "example.com", "*", "https://*", "https://", "https://*.", "https://a.*.com", "https://*example.com",
        "https://example.com/", "https://example.com/path", "https://user@example.com", "https://example.com:*",
        "https://example.com:0", "https://example.com:65536", "https://bücher.example", "//example.com",
        "https://*.::1",
        "https://*.127.0.0.1", "https://.example.com", "https://example.com.", "https://a.net,",
        "https://a.net https://b.net",
        "HT TP://a.net", "1http://a.net",
    ])
    func whatIsNoPatternIsRefused(_ text: String) {
        #expect(OriginPatterns.parse(text) == nil)
    }
}
