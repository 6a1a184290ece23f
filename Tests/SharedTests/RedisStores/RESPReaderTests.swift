import NIOCore
import TestSupport
import Testing

@testable import RedisStores

@Suite("Replies out of bytes")
struct RESPReaderTests {
    private static func bulk(_ text: String) -> RESPValue { .bulk(ByteBuffer(string: text)) }

    static let replies: [(String, RESPValue)] = [
        ("+OK\r\n", .simple("OK")),
        ("-ERR no such thing\r\n", .error("ERR no such thing")),
        (":-9223372036854775808\r\n", .integer(.min)),
        ("$0\r\n\r\n", bulk("")),
        ("$5\r\na\r\nbc\r\n", bulk("a\r\nbc")),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("*0\r\n", .array([])),
        ("*2\r\n*0\r\n*1\r\n*0\r\n", .array([.array([]), .array([.array([])])])),
        (
            "*3\r\n$1\r\na\r\n*3\r\n:1\r\n$-1\r\n-ERR x\r\n+OK\r\n",
            .array([bulk("a"), .array([.integer(1), .null, .error("ERR x")]), .simple("OK")])
        ),
    ]

    private func read(_ pieces: [ByteBuffer], bound: Int = 1 << 20) throws -> [RESPValue] {
        let reader = try RESPReader(maximumReplyBytes: bound)
        var replies: [RESPValue] = []
        for piece in pieces { try reader.read(piece) { replies.append($0) } }
        return replies
    }

    @Test(arguments: replies)
    func eachKindOfReplyIsRead(_ text: String, _ reply: RESPValue) throws {
        #expect(try read([ByteBuffer(string: text)]) == [reply])
    }

    @Test func aConversationIsReadHoweverItIsCutIntoPieces() throws {
        let text = Self.replies.map(\.0).joined()
        for length in 1...text.utf8.count {
            var rest = ByteBuffer(string: text)
            var pieces: [ByteBuffer] = []
            while rest.readableBytes > 0 {
                pieces += [rest.readSlice(length: min(length, rest.readableBytes))].compactMap { $0 }
            }
            #expect(try read(pieces) == Self.replies.map(\.1), "pieces of \(length)")
        }
    }

    @Test func longStringsAndManyRepliesInOneRead() throws {
        var generator = SeededGenerator(seed: 7)
        let strings = (0..<200).map { ByteBuffer(bytes: generator.bytes($0 * 97)) }
        var bytes = ByteBuffer()
        for string in strings {
            bytes.writeString("$\(string.readableBytes)\r\n")
            bytes.writeImmutableBuffer(string)
            bytes.writeString("\r\n")
        }
        #expect(try read([bytes], bound: 4 << 20) == strings.map { .bulk($0) })
    }

    @Test func aReplyBeyondTheBoundIsRefusedBeforeItIsThere() {
        let claims = ["$100000\r\n" + String(repeating: "x", count: 2000), "+" + String(repeating: "x", count: 2000)]
        for text in claims {
            #expect(throws: RedisError.replyTooLarge(1000)) { try read([ByteBuffer(string: text)], bound: 1000) }
        }
    }

    @Test func aReplyOfManySmallElementsIsBoundedAsWell() throws {
        let text = "*1000\r\n" + String(repeating: ":1\r\n", count: 1000)
        #expect(throws: RedisError.replyTooLarge(4000)) { try read([ByteBuffer(string: text)], bound: 4000) }
        #expect(throws: RedisError.replyTooLarge(4000)) {
            try read([ByteBuffer(string: "*1000\r\n" + String(repeating: "*0\r\n", count: 1000))], bound: 4000)
        }
    }

    @Test func theBoundIsForEachReply() throws {
        let text = String(repeating: "$500\r\n" + String(repeating: "x", count: 500) + "\r\n", count: 100)
        #expect(try read([ByteBuffer(string: text)], bound: 1000).count == 100)
    }

    @Test(arguments: ["hello\r\n", "!\r\n", "$x\r\n", ":1x\r\n", "*2000000000000\r\n", "*-2\r\n", "$-2\r\n"])
    func whatIsNoReplyIsAnError(_ text: String) {
        #expect(throws: RedisError.self) { try read([ByteBuffer(string: text)]) }
    }

    @Test func arraysNestedTooDeepAreAnError() throws {
        let deep = { (depth: Int) in String(repeating: "*1\r\n", count: depth) + ":1\r\n" }
        #expect(try read([ByteBuffer(string: deep(7))]).count == 1)
        let error = #expect(throws: RedisError.self) { try read([ByteBuffer(string: deep(9))]) }
        #expect(error.map { "\($0)" }?.contains("No support for nested multi bulk replies") == true)
    }

    @Test func anythingAtAllIsRepliesOrAnErrorAndNeverACrash() throws {
        var generator = SeededGenerator(seed: 42)
        let alphabet = Array("*$:+-0123456789\r\n\r\n\r\nab".utf8)
        for _ in 0..<20_000 {
            let length = Int.random(in: 1...40, using: &generator)
            let bytes = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            _ = try? read([ByteBuffer(bytes: bytes)], bound: 1000)
        }
    }
}
