import Testing

@testable import Platform

/// Where a server is, and who asks, in URLs of all schemes.
@Suite struct ServerAddressTests {
    @Test(
        arguments: [
            ("h", "h", nil, "h", false), ("a.b-c_d", "a.b-c_d", nil, "a.b-c_d", false), ("h:1", "h", 1, "h", false),
            ("127.0.0.1:65535", "127.0.0.1", 65535, "127.0.0.1", true), ("[::1]", "::1", nil, "[::1]", true),
            ("[fe80::1]:0080", "fe80::1", 80, "[fe80::1]", true),
        ] as [(Substring, String, Int?, String, Bool)]
    )
    func isTakenApart(text: Substring, host: String, port: Int?, hostText: String, isIPAddress: Bool) throws {
        let address = try ServerAddress(text)
        #expect(address.host == host && address.port == port)
        #expect(address.hostText == hostText && address.isIPAddress == isIPAddress)
    }

    @Test(
        arguments: [
            ("", .host), (":1", .host), ("a b", .host), ("ü", .host), ("a/b", .host), ("u@h", .host), ("a%41", .host),
            ("[h", .host), ("h]", .host), ("h:", .port), ("h:0", .port), ("h:65536", .port), ("h:+1", .port),
            ("h:x", .port), ("h:\u{663}", .port), ("[::1]:", .port), ("::1", .bracketsMissing),
            ("a:1:2", .bracketsMissing), ("[::1", .bracketsMissing), ("[]", .notIPv6), ("[h]", .notIPv6),
            ("[127.0.0.1]", .notIPv6), ("[::1]x", .behindBracket), ("[::1]1", .behindBracket),
        ] as [(Substring, ServerAddress.Fault)]
    )
    func whatIsWrongHasAName(text: Substring, fault: ServerAddress.Fault) {
        #expect(throws: fault) { try ServerAddress(text) }
    }

    @Test(
        arguments: [
            ("u", "u", nil), ("u:", "u", ""), (":p", "", "p"), ("", "", nil), ("u:p:q", "u", "p:q"),
            ("a%40b:%3a%C3%a9", "a@b", ":é"),
        ] as [(Substring, String, String?)]
    )
    func aLoginIsDecoded(text: Substring, name: String, password: String?) throws {
        let login = try #require(ServerLogin(text))
        #expect(login.name == name && login.password == password)
    }

    @Test(arguments: ["%", "u%4", "u:%zz", "%ff:p"] as [Substring])
    func aLoginThatIsNotPercentEncodedIsNone(text: Substring) {
        #expect(ServerLogin(text) == nil)
    }
}
