import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Platform

/// One request at a time, and nothing read before its answer is out.
@Suite struct HTTPExchangeHandlerTests {
    private static let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let page = HTTPReply(.ok, json: "{}")

    @Test func theSecondOfTwoRequestsWaitsForTheAnswerToTheFirst() throws {
        let connection = try HTTPConnection(nil)
        try connection.receive(Self.get + "GET /b HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(connection.requests == ["GET /a"])
        connection.answer()
        #expect(connection.requests == ["GET /a", "GET /b"])
        #expect(try connection.statuses() == [200])
        connection.answer()
        #expect(try connection.statuses() == [200])
    }

    @Test func anAnswerThatTheSocketHasNotTakenIsNotOut() throws {
        let connection = try HTTPConnection { _ in Self.page }
        connection.fillSocket()
        try connection.receive(String(repeating: Self.get, count: 3))
        #expect(connection.requests.count == 1)
        connection.drainSocket()
        #expect(connection.requests.count == 3)
        #expect(try connection.statuses() == [200, 200, 200])
    }

    @Test func nothingIsReadWhileAnAnswerIsNotOutOrRequestsWait() throws {
        let connection = try HTTPConnection(nil)
        try connection.receive(Self.get + Self.get)
        let reads = connection.reads
        connection.channel.read()
        #expect(connection.reads == reads)
        connection.answer()
        connection.channel.read()
        #expect(connection.reads == reads)
        connection.answer()
        #expect(connection.reads == reads + 1)
    }

    /// NIO reads to the end, asked or not, when the peer has closed its side.
    @Test func whatComesUnaskedIsBounded() throws {
        let connection = try HTTPConnection(nil)
        try connection.receive(Self.get)
        for _ in 0..<64 { try connection.receive(String(repeating: "x", count: 512)) }
        #expect(connection.channel.isActive)
        try connection.receive("x")
        #expect(!connection.channel.isActive)
    }

    /// Of one read, as of a TLS record, nothing is made before its turn.
    @Test func aThousandRequestsInOneReadAreAnsweredInTurn() throws {
        let connection = try HTTPConnection(nil)
        let count = 1000
        try connection.receive(String(repeating: "GET / HTTP/1.1\r\nHost:\r\n\r\n", count: count))
        for number in 1...count {
            #expect(connection.requests.count == number)
            connection.answer()
        }
        #expect(try connection.statuses() == Array(repeating: 200, count: count))
    }

    /// However the bytes are cut, the same requests come.
    @Test(arguments: 1...40) func aRequestMayComeInPieces(length: Int) throws {
        let connection = try HTTPConnection { _ in Self.page }
        let text =
            "\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\na\r\nbcGET /c HTTP/1.1\r\n"
            + "Host: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na\nb\r\n0\r\nT: 1\r\n\r\nGET /d HTTP/1.1\r\nHost: x\r\n\r\n"
        var rest = Substring(text)
        while !rest.isEmpty {
            try connection.receive(String(rest.unicodeScalars.prefix(length)))
            rest = Substring(rest.unicodeScalars.dropFirst(length))
        }
        #expect(connection.requests == ["GET /a", "POST /b", "GET /c", "GET /d"])
        #expect(try connection.statuses() == [200, 200, 200, 200])
    }

    @Test(arguments: [
        "", "GET", Self.get,
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
    ])
    func aConnectionThatIsSlowIsClosedHoweverItsBytesCome(text: String) throws {
        let connection = try HTTPConnection(nil)
        for index in 0..<9 {
            let byte = text.unicodeScalars.dropFirst(index).prefix(1)
            if !byte.isEmpty { try connection.receive(String(byte)) }
            connection.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        }
        try connection.receive(String(text.unicodeScalars.dropFirst(9)))
        #expect(connection.channel.isActive)
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!connection.channel.isActive)
    }

    @Test func aClientThatDoesNotTakeItsAnswerIsClosed() throws {
        let connection = try HTTPConnection { _ in Self.page }
        connection.fillSocket()
        try connection.receive(Self.get)
        connection.channel.embeddedEventLoop.advanceTime(by: HTTPConnection.timeout)
        #expect(!connection.channel.isActive)
    }

    @Test func eachAnswerGivesTheTimeAnew() throws {
        let connection = try HTTPConnection { _ in Self.page }
        for _ in 0..<3 {
            connection.channel.embeddedEventLoop.advanceTime(by: .seconds(9))
            try connection.receive(Self.get)
        }
        #expect(try connection.statuses() == [200, 200, 200])
    }

    @Test func aRequestThatNobodyAnswersInTimeIsAnsweredWith503() throws {
        let connection = try HTTPConnection(nil)
        try connection.receive(Self.get)
        connection.channel.embeddedEventLoop.advanceTime(by: HTTPConnection.timeout)
        #expect(connection.abandoned == 1)
        let answer = try connection.sent()
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Retry-After: 5\r\n"))
        #expect(answer.hasSuffix(#"{"error":"No answer in time"}"#) && answer.contains("Connection: close\r\n"))
        connection.answer()
        #expect(try connection.sent() == "" && !connection.channel.isActive)
    }

    @Test func a503ThatNobodyTakesIsNotWaitedForEither() throws {
        let connection = try HTTPConnection(nil)
        connection.fillSocket()
        try connection.receive(Self.get)
        connection.channel.embeddedEventLoop.advanceTime(by: HTTPConnection.timeout)
        #expect(connection.channel.isActive)
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!connection.channel.isActive && connection.abandoned == 1)
    }

    @Test func theTargetOfALaterRequestIsATargetToo() throws {
        let connection = try HTTPConnection { _ in Self.page }
        try connection.receive(Self.get + "\r\nGET /\(Self.filler(9000))")
        #expect(try connection.statuses() == [200, 414])
        #expect(!connection.channel.isActive)
    }

    /// How much of what a client may send before it is anything is kept.
    @Test(
        arguments: [
            ("GET /\(filler(9000)) HTTP/1.1\r\n", 414), ("GET / HTTP/1.1\r\nHost: x\r\nA: \(filler(9000))\r\n", 431),
            ("GET / HTTP/1.1\r\nHost: x\r\n\(filler(9000)): a\r\n", 431),
            ("GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "A: \(filler(500))\r\n", count: 17), 431),
            ("GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "A:\r\n", count: 101), 431),
            ("GET /\(filler(4000)) HTTP/1.1\r\nHost: x\r\nA: \(filler(4000))\r\n\r\n", 200),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n", 0),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n", 413),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551615\r\n\r\n", 413),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n\(filler(65536))", 200),
            ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n\(filler(65537))", 413),
            ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(65_537), 413),
            ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(10) + "0\r\n\r\n", 200),
            (
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                    + String(repeating: "A: \(filler(500))\r\n", count: 17), 431
            ),
            (
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                    + String(repeating: "A:\r\n", count: 101), 431
            ),
        ]
    )
    func eachPartOfARequestIsBounded(text: String, status: Int) throws {
        let connection = try HTTPConnection { _ in Self.page }
        var rest = Substring(text).utf8
        while !rest.isEmpty {
            try connection.receive(String(decoding: rest.prefix(512), as: UTF8.self))
            rest = rest.dropFirst(512)
        }
        #expect(try connection.statuses() == (status == 0 ? [] : [status]))
        #expect(connection.channel.isActive == (status < 400))
    }

    @Test func behindARefusalNothingIsTakenForARequest() throws {
        let connection = try HTTPConnection { _ in Self.page }
        try connection.receive("GET / HTTP/1.1\r\n\r\n" + Self.get)
        #expect(connection.requests == [])
        #expect(try connection.statuses() == [400])
    }

    @Test func aBodyThatIsAskedForIsEncouraged() throws {
        let connection = try HTTPConnection { _ in Self.page }
        try connection.receive("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n")
        #expect(try connection.sent() == "HTTP/1.1 100 Continue\r\n\r\n")
        try connection.receive("ab")
        #expect(try connection.statuses() == [200])
    }

    @Test func whatCameWithAnUpgradeGoesToWhoStandsBehind() throws {
        let connection = try HTTPConnection(nil)
        try connection.receive(
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: y\r\nConnection: upgrade\r\n\r\n\u{1}one\n\u{2}two\n"
        )
        connection.answer(HTTPReply(.switchingProtocols, body: ByteBuffer(), headers: [("Upgrade", "y")]))
        #expect(try connection.sent() == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: y\r\n\r\n")
        let pipeline = connection.channel.pipeline.syncOperations
        try HTTPServerPipeline.stopAnswering(in: pipeline)
        let last = try pipeline.context(name: HTTPConnection.deskName)
        pipeline.removeHandler(context: last, promise: nil)
        _ = try HTTPServerPipeline.stopReading(in: pipeline)
        connection.channel.embeddedEventLoop.run()
        try connection.receive("three")
        var bytes = ByteBuffer()
        while var part = try connection.channel.readInbound(as: ByteBuffer.self) { bytes.writeBuffer(&part) }
        #expect(String(buffer: bytes) == "\u{1}one\n\u{2}two\nthree")
    }

    private static func filler(_ count: Int) -> String { String(repeating: "x", count: count) }

    private static func chunks(_ count: Int) -> String { String(repeating: "1\r\n\n\r\n", count: count) }
}
