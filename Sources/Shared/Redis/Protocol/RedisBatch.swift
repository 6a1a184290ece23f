import NIOCore

/// Commands that are sent as one piece, with nothing of anybody else between them, ready to be written.
package struct RedisBatch: Sendable {
    /// The first command's name.
    let name: String
    private(set) var bytes = ByteBuffer()
    private(set) var count = 0

    package init(_ commands: [RedisCommand]) throws(RedisError) {
        name = commands.first?.name ?? ""
        for command in commands { try append(command) }
    }

    package init(_ command: RedisCommand) throws(RedisError) {
        name = command.name
        try append(command)
    }

    package mutating func append(_ command: RedisCommand) throws(RedisError) {
        try command.encode(into: &bytes)
        count += 1
    }

    package var byteCount: Int { bytes.readableBytes }
}
