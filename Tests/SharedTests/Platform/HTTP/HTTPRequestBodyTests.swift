import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Platform

/// The body of a request: kept where a page wants it, bounded everywhere, and asked for before it is sent.
@Suite struct HTTPRequestBodyTests {
    private static let post = "POST /p HTTP/1.1\r\nHost: x\r\n"

    /// Answers with what it was sent, of which it wants five bytes.
    private func connection() throws -> HTTPConnection {
        let page = TestPage("/p", [.POST], wantedBody: 5) { HTTPReply(.ok, body: $0.body, type: .bytes) }
        let other = TestPage("/", [.GET, .POST]) { HTTPReply(.ok, text: "\($0.body.readableBytes)") }
        return try HTTPConnection(pages: [page, other])
    }

    @Test(arguments: [
        ("Content-Length: 5\r\n\r\na\r\nbc", "200 a\r\nbc"), ("Content-Length: 0\r\n\r\n", "200 "), ("\r\n", "200 "),
        ("Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n3\r\ncde\r\n0\r\nT: 1\r\n\r\n", "200 abcde"),
        ("Content-Length: 6\r\n\r\n", "413"),
        ("Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n4\r\ncdef\r\n", "413"),
    ])
    func aPageIsGivenTheBytesThatItWantsAndNoMore(rest: String, expected: String) throws {
        let connection = try connection()
        try connection.receive(Self.post + rest)
        let answer = try connection.sent()
        #expect(answer.dropFirst(9).hasPrefix(expected.prefix(3)))
        if expected.hasPrefix("200") {
            #expect(answer.hasSuffix("\r\n\r\n\(expected.dropFirst(4))"))
        } else {
            #expect(answer.hasSuffix(#"{"error":"Content too large","reason":"at most 5 bytes"}"#))
        }
        #expect(connection.channel.isActive == expected.hasPrefix("200"))
    }

    @Test func aBodyThatNobodyWantsIsReadAndNotKept() throws {
        let connection = try connection()
        try connection.receive("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n123456789")
        #expect(try connection.sent().hasSuffix("\r\n\r\n0"))
        #expect(connection.channel.isActive)
    }

    @Test func ofTwoRequestsEachHasItsOwn() throws {
        let connection = try connection()
        for body in ["ab", "", "c"] {
            try connection.receive("\(Self.post)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
            #expect(try connection.sent().hasSuffix("\r\n\r\n\(body)"))
        }
    }

    /// RFC 9110, 10.1.1. "+" where the client is told to send its body.
    @Test(arguments: [
        ("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n", "+"),
        ("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n", "+"),
        ("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n", "413"),
        ("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: else\r\n\r\n", "417"),
        ("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n", "200"),
        ("POST /p HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n", "200"),
        ("POST /p HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", ""),
    ])
    func whoWaitsToBeToldIsTold(text: String, expected: String) throws {
        let connection = try connection()
        try connection.receive(text)
        let answer = try connection.sent()
        if expected == "+" {
            #expect(answer == "HTTP/1.1 100 Continue\r\n\r\n")
        } else {
            #expect(answer.dropFirst(9).prefix(3) == expected)
        }
        #expect(connection.channel.isActive == !["413", "417"].contains(expected))
    }
}
