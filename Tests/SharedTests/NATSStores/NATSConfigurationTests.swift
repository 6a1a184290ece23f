import Testing

@testable import NATSStores

@Suite("Addresses of NATS")
struct NATSConfigurationTests {
    struct Good: Sendable {
        let text: String
        let servers: [String]
        var login = NATSConfiguration.Login.none
    }

    @Test(arguments: [
        Good(text: "nats://h", servers: ["nats://h:4222"]),
        Good(text: "nats://h:65535/", servers: ["nats://h:65535"]),
        Good(text: "tls://h:1", servers: ["tls://h:1"]),
        Good(text: "nats://one,two:5,nats://three", servers: ["nats://one:4222", "nats://two:5", "nats://three:4222"]),
        Good(text: "nats://[::1]", servers: ["nats://[::1]:4222"]),
        Good(
            text: "tls://a:b@[fe80::1]:7,h",
            servers: ["tls://[fe80::1]:7", "tls://h:4222"],
            login: .user("a", password: "b")
        ),
        Good(text: "nats://sesame@h", servers: ["nats://h:4222"], login: .token("sesame")),
        Good(
            text: "nats://one,u:p@two",
            servers: ["nats://one:4222", "nats://two:4222"],
            login: .user("u", password: "p")
        ),
        Good(
            text: "nats://u:ses:ame@one,nats://u:ses:ame@two",
            servers: ["nats://one:4222", "nats://two:4222"],
            login: .user("u", password: "ses:ame")
        ),
        Good(
            text: "nats://a%40b:p%2F%3A%25%2C%c3%a9@h",
            servers: ["nats://h:4222"],
            login: .user("a@b", password: "p/:%,é")
        ),
    ])
    func isTakenApart(_ good: Good) throws {
        let configuration = try NATSConfiguration(address: good.text)
        #expect(configuration.servers == good.servers)
        #expect(configuration.login == good.login)
        #expect(configuration.isSecure == good.text.hasPrefix("tls"))
        #expect("\(configuration)" == good.servers.joined(separator: ","))
    }

    @Test(arguments: [
        ("http://h", "begins with nats:// or tls://"), ("", "begins with nats:// or tls://"),
        ("nats://", "has a host name"), ("nats://u:sesame@", "has a host name"), ("nats://h h", "has a host name"),
        ("nats://one,,two", "has a host name"), ("nats://one,", "has a host name"), ("nats://h/path", "no path"),
        ("nats://h:", "has a port from 1 to 65535"), ("nats://h:0", "has a port from 1 to 65535"),
        ("nats://h:65536", "has a port from 1 to 65535"), ("nats://h:+1", "has a port from 1 to 65535"),
        ("nats://h:sesame", "has a port from 1 to 65535"), ("nats://h:1/path", "has a port from 1 to 65535"),
        ("nats://u:ses@ame@h", "has at most one @ for each host"), ("nats://u:ses,ame@h", "has a port from 1 to 65535"),
        ("nats://u:@h", "has user:password or a token before the @"),
        ("nats://:sesame@h", "has user:password or a token before the @"),
        ("nats://@h", "has user:password or a token before the @"),
        ("nats://u:sesame%4@h", "has two hexadecimal digits"), ("nats://u:sesame%zz@h", "has two hexadecimal digits"),
        ("nats://u:sesame%ff@h", "is UTF-8"), ("nats://::1", "has a host name"),
        ("nats://1::1", "has a port from 1 to 65535"), ("nats://[h]", "has an IPv6 address in the brackets"),
        ("nats://[::1]x", "has a port from 1 to 65535"), ("tls://one,nats://two", "has a port from 1 to 65535"),
        ("nats://u:sesame@one,v:sesame@two", "has one user and password for all hosts"),
    ])
    func whatIsWrongIsSaidWithoutThePassword(_ text: String, _ words: String) {
        let error = #expect(throws: NATSConfiguration.Malformed.self) { try NATSConfiguration(address: text) }
        let description = error.map { "\($0)" } ?? ""
        #expect(description.contains(words), "\(description)")
        for part in ["sesame", "ame@"] { #expect(!description.contains(part), "\(description)") }
    }

    @Test func aPasswordIsInNoDescription() throws {
        let configuration = try NATSConfiguration(address: "nats://ada:lovelace@h")
        #expect("\(configuration)" == "nats://h:4222")
        #expect(!"\(NATSError.notConnected(servers: "\(configuration)"))".contains("lovelace"))
    }
}
