import NIOCore
import Testing

@testable import RedisStores

@Suite("Commands as Redis reads them")
struct RedisCommandTests {
    private func text(_ batch: RedisBatch) -> String { String(buffer: batch.bytes) }

    @Test func wordsAreWrittenWithTheirLengths() throws {
        var command = RedisCommand("SET", "key", "")
        command.append(ByteBuffer(string: "a\r\nb"))
        command.append(Int64.min)
        command.append { $0.writeString("é") }
        #expect(command.argumentCount == 5)
        #expect(
            text(try RedisBatch(command))
                == "*6\r\n$3\r\nSET\r\n$3\r\nkey\r\n$0\r\n\r\n$4\r\na\r\nb\r\n$20\r\n-9223372036854775808\r\n$2\r\né\r\n"
        )
    }

    @Test func aZeroByteIsAByteLikeAnyOther() throws {
        var command = RedisCommand("ECHO")
        command.append(ByteBuffer(bytes: [0, 1, 0]))
        #expect(text(try RedisBatch(command)) == "*2\r\n$4\r\nECHO\r\n$3\r\n\u{0}\u{1}\u{0}\r\n")
    }

    @Test func aBatchIsItsCommandsOneBehindTheOther() throws {
        let batch = try RedisBatch([RedisCommand("MULTI"), RedisCommand("EXEC")])
        #expect(batch.count == 2)
        #expect(batch.name == "MULTI")
        #expect(text(batch) == "*1\r\n$5\r\nMULTI\r\n*1\r\n$4\r\nEXEC\r\n")
    }

    @Test func thousandsOfArgumentsFit() throws {
        var command = RedisCommand("MGET")
        for number in 0..<5000 { command.append(number) }
        #expect(text(try RedisBatch(command)).hasPrefix("*5001\r\n"))
    }
}
