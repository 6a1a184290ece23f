import NIOCore

/// Commands that are sent as one piece, with nothing of anybody else between them, ready to be written.
package struct RedisBatch: Sendable {
    /// The first command's name.
    private(set) var name = ""
    private(set) var bytes = ByteBuffer()
    private(set) var count = 0

    package init(_ commands: [RedisCommand]) throws(RedisError) {
        for command in commands { try append(command) }
    }

    package init(_ command: RedisCommand) throws(RedisError) {
        try append(command)
    }

    package mutating func append(_ command: RedisCommand) throws(RedisError) {
        if count == 0 { name = command.name }
        try command.encode(into: &bytes)
        count += 1
    }

    package var byteCount: Int { bytes.readableBytes }
}
