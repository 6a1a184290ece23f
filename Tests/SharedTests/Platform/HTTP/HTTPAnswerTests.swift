import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Platform

/// Each answer as it stands on the wire.
@Suite struct HTTPAnswerTests {
    private static let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test(arguments: [
        (
            HTTPReply(.ok, json: "{}"),
            "200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\(date)\r\n{}"
        ),
        (
            HTTPReply(.ok, text: "a b"),
            "200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\(date)\r\na b"
        ),
        (
            HTTPReply(.ok, body: ByteBuffer(bytes: [1, 2]), type: .bytes),
            "200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 2\r\n\(date)\r\n\u{1}\u{2}"
        ),
        (
            HTTPReply(.ok, body: ByteBuffer(), type: HTTPContentType("text/html")),
            "200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\(date)\r\n"
        ),
        (
            HTTPReply(.badRequest, error: "a", reason: #"a "b""#),
            "400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 32\r\n\(date)\r\n"
                + #"{"error":"a","reason":"a \"b\""}"#
        ),
        // Neither has a body, nor says how long it would be.
        (HTTPReply(.noContent, text: ""), "204 No Content\r\n\(date)\r\n"),
        (HTTPReply(.notModified, text: "", headers: [("ETag", "1")]), "304 Not Modified\r\n\(date)ETag: 1\r\n\r\n"),
    ])
    func eachIsWrittenWithWhatItIs(reply: HTTPReply, expected: String) throws {
        let connection = try HTTPConnection { _ in reply }
        try connection.receive(Self.get)
        #expect(try connection.sent() == "HTTP/1.1 \(expected)")
        #expect(connection.channel.isActive)
    }

    /// RFC 9110, 9.3.2.
    @Test func aHEADIsAnsweredAsTheGETWithoutTheBody() throws {
        let connection = try HTTPConnection { _ in HTTPReply(.ok, text: "abc") }
        try connection.receive(Self.get)
        let whole = try connection.sent()
        try connection.receive(Self.get.replacing("GET", with: "HEAD"))
        #expect(try connection.sent() + "abc" == whole)
    }
}
