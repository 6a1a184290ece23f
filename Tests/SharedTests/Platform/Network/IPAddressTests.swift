import NIOCore
import Platform
import Testing

@Suite("Addresses and networks are read strictly, and an IPv4 address is one however it is written")
struct IPAddressTests {
    @Test(
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("2001:DB8::1", "2001:db8::1"), ("2001:db8:0:0:0:0:0:1", "2001:db8::1"), ("::", "::"), ("::1", "::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:201", "192.0.2.1"),
            ("0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"),
            ("fe80::1:2:3:4", "fe80::1:2:3:4"), ("", nil), ("192.0.2", nil), ("192.0.2.256", nil), ("192.0.2.01", nil),
            ("0x7f.0.0.1", nil), ("2130706433", nil), ("192.0.2.1 ", nil), (" 192.0.2.1", nil), ("192.0.2.1:80", nil),
            ("[::1]", nil), ("::1%eth0", nil), ("fe80::1%1", nil), ("::g", nil), ("1::2::3", nil), ("192.0.2.1\0", nil),
            ("192.0.2.1\0.evil", nil), ("::1\0", nil), ("localhost", nil), ("١٩٢.0.2.1", nil),
            (String(repeating: "0", count: 1000) + ":1", nil),
        ] as [(String, String?)]
    )
    func text(_ text: String, is canonical: String?) {
        #expect(IPAddress(text)?.description == canonical)
    }

    @Test func aSocketsAddressIsTheSameAddress() throws {
        for (text, canonical) in [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::1"),
        ] {
            let address = try SocketAddress(ipAddress: text, port: 4711)
            #expect(IPAddress(address) == IPAddress(canonical))
        }
        let path = try SocketAddress(unixDomainSocketPath: "/x")
        #expect(IPAddress(path) == nil)
    }

    @Test(
        arguments: [
            ("10.0.0.0/8", "10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.1.1"], ["11.0.0.0", "::a00:1"]),
            ("192.0.2.7", "192.0.2.7/32", ["192.0.2.7"], ["192.0.2.6", "192.0.2.8"]),
            ("0.0.0.0/0", "0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::1"]),
            ("2001:db8::/32", "2001:db8::/32", ["2001:db8::", "2001:db8:ffff::1"], ["2001:db9::", "10.0.0.1"]),
            ("::1", "::1/128", ["::1"], ["::2"]),
            ("::/0", "::/0", ["::1", "2001:db8::"], ["10.0.0.1", "::ffff:10.0.0.1"]),
            ("fe80::/10", "fe80::/10", ["febf::1"], ["fec0::1"]),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8", ["10.9.9.9"], ["11.0.0.1"]),
            ("::ffff:192.0.2.7", "192.0.2.7/32", ["192.0.2.7"], ["192.0.2.8"]),
        ] as [(String, String, [String], [String])]
    )
    func network(_ text: String, is canonical: String, holds inside: [String], not outside: [String]) throws {
        let range = try #require(IPRange(text))
        #expect(range.description == canonical)
        for text in inside {
            let address = try #require(IPAddress(text))
            #expect(range.contains(address), "\(text)")
        }
        for text in outside {
            let address = try #require(IPAddress(text))
            #expect(!range.contains(address), "\(text)")
        }
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.1/8",
        "2001:db8::1/64",
        "::/129", "10.0.0.0/08a", "10.0.0.0 /8", "::ffff:10.0.0.0/64", "example.com/8", "10.0.0.0/٨",
    ])
    func whatIsNoNetworkIsNone(_ text: String) {
        #expect(IPRange(text) == nil)
    }

    @Test func aListIsTakenWholeOrNotAtAll() throws {
        let list = try #require(IPRanges.parse("10.0.0.0/8, ::1 ,192.0.2.7"))
        #expect(list.settingText == "10.0.0.0/8,::1/128,192.0.2.7/32")
        #expect(IPRanges.parse(list.settingText) == list)
        for text in ["10.0.0.0/8,", "10.0.0.0/8,,::1", "10.0.0.0/8;::1", "10.0.0.0/8 ::1", "10.0.0.0/8,all"] {
            #expect(IPRanges.parse(text) == nil, "\(text)")
        }
    }
}
