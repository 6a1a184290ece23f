import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Platform

/// What RFC 9110 and 9112 ask of a server, whatever is asked of it.
@Suite struct HTTPRequestRulesTests {
    @Test(arguments: [
        // Each request, and what comes back; "+" where the connection stays.
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "200+"), ("GET / HTTP/1.1\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", "400"), ("GET http://x/ HTTP/1.1\r\n\r\n", "400"),
        ("GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", "400"), ("GET / HTTP/1.0\r\n\r\n", "200"),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n", "200+"), ("GET / HTTP/1.1\r\nHost: x:80\r\n\r\n", "200+"),
        ("GET / HTTP/1.1\r\nHost: [::1]:8000\r\n\r\n", "200+"), ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost: x y\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: u@x\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost: x:8o\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: [::1]8\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost: ü\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200"),
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: Close, TE\r\n\r\n", "200"),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "200+"),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", "400"),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "400"),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
        ("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", "200+"), ("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "405+"),
        ("CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n", "405"), ("GET /no HTTP/1.1\r\nHost: x\r\n\r\n", "404+"),
        ("DELETE / HTTP/1.1\r\nHost: x\r\n\r\n", "405+"),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "405+"),
        ("GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", "200+"), ("GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", "200+"),
        ("GET http://x:8/?a=//y/no HTTP/1.1\r\nHost: x\r\n\r\n", "200+"),
        ("GET http://x/no HTTP/1.1\r\nHost: x\r\n\r\n", "404+"),
        ("GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n", "200+"),
        ("GET / HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\n\r\n", "417"),
        ("GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue, more\r\n\r\n", "417"),
        ("GET / HTTP/1.0\r\nExpect: 200-ok\r\n\r\n", "200"),
    ])
    func eachRequestGetsTheAnswerOfTheRFC(text: String, expected: String) throws {
        let connection = try HTTPConnection(pages: [TestPage("/") { _ in HTTPReply(.ok, json: "{}") }])
        try connection.receive(text)
        let answer = try connection.sent()
        let status = answer.prefix(12).suffix(3)
        #expect("\(status)\(connection.channel.isActive ? "+" : "")" == expected)
        #expect(connection.channel.isActive != answer.contains("Connection: close\r\n"))
        #expect(answer.hasSuffix("}") != text.hasPrefix("HEAD"))
        #expect((status == "405") == answer.contains("Allow: GET, HEAD\r\n"))
        #expect(answer.contains("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"))
    }

    /// Else such a client waits for the end of the connection.
    @Test func aClientOfHTTP10IsToldThatItsConnectionStays() throws {
        let connection = try HTTPConnection { _ in HTTPReply(.ok, json: "{}") }
        try connection.receive("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
        #expect(try connection.sent().contains("Connection: keep-alive\r\n"))
    }
}
