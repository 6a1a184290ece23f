import Testing

@testable import RedisStores

@Suite("Addresses of Redis")
struct RedisURLTests {
    struct Good: Sendable {
        let text: String
        var secure = false
        var user: String?
        var password: String?
        var host = "h"
        var port = 6379
        var database = 0
        let description: String
    }

    @Test(arguments: [
        Good(text: "redis://h", description: "redis://h:6379"),
        Good(text: "redis://h/", description: "redis://h:6379"),
        Good(text: "redis://h:7000/3", port: 7000, database: 3, description: "redis://h:7000/3"),
        Good(text: "rediss://h:65535", secure: true, port: 65535, description: "rediss://h:65535"),
        Good(text: "redis://:secret@h", password: "secret", description: "redis://h:6379"),
        Good(text: "redis://user:secret@h:1", user: "user", password: "secret", port: 1, description: "redis://h:1"),
        Good(
            text: "redis://a%40b:p%2F%3A%25%c3%a9:x@h/0",
            user: "a@b",
            password: "p/:%é:x",
            description: "redis://h:6379"
        ),
        Good(text: "redis://[::1]", host: "::1", description: "redis://[::1]:6379"),
        Good(
            text: "rediss://:p@[fe80::1]:7001/2",
            secure: true,
            password: "p",
            host: "fe80::1",
            port: 7001,
            database: 2,
            description: "rediss://[fe80::1]:7001/2"
        ),
    ])
    func isTakenApart(_ good: Good) throws {
        let url = try RedisURL(good.text)
        #expect(url.isSecure == good.secure)
        #expect(url.user == good.user)
        #expect(url.password == good.password)
        #expect(url.host == good.host)
        #expect(url.port == good.port)
        #expect(url.database == good.database)
        #expect(url.description == good.description)
    }

    @Test(arguments: [
        ("http://h", "begins with redis:// or rediss://"), ("", "begins with redis:// or rediss://"),
        ("redis://", "has a host name"), ("redis://:sesame@", "has a host name"), ("redis://h h", "has a host name"),
        ("redis://h:", "has a port from 1 to 65535"), ("redis://h:0", "has a port from 1 to 65535"),
        ("redis://h:65536", "has a port from 1 to 65535"), ("redis://h:+1", "has a port from 1 to 65535"),
        ("redis://h:sesame", "has a port from 1 to 65535"),
        ("redis://h/x", "has a number after the last /"), ("redis://h/-1", "has a number after the last /"),
        ("redis://u:ses/ame@h", "has a number after the last /"), ("redis://h/1/2", "has a number after the last /"),
        ("redis://u:ses@ame@h", "has at most one @"), ("redis://u:sesame?@h", "has no ? or #"),
        ("redis://sesame@h", "has user:password or :password before the @"),
        ("redis://u:@h", "has a password before the @"), ("redis://u:sesame%4@h", "has two hexadecimal digits"),
        ("redis://u:sesame%zz@h", "has two hexadecimal digits"), ("redis://u:sesame%ff@h", "is UTF-8"),
        ("redis://::1", "has brackets around an IPv6 address"), ("redis://[h]", "has an IPv6 address in the brackets"),
        ("redis://[::1]x", "has :port after the ]"),
    ])
    func whatIsWrongIsSaidWithoutThePassword(_ text: String, _ words: String) {
        let error = #expect(throws: RedisURL.Malformed.self) { try RedisURL(text) }
        let description = error.map { "\($0)" } ?? ""
        #expect(description.contains(words), "\(description)")
        for part in ["sesame", "ses", "ame@"] where part != "ses" || !description.contains("brackets") {
            #expect(!description.contains(part), "\(description)")
        }
    }
}
