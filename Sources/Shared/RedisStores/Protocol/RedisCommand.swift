import CHiredis
import NIOCore

/// One command: its words, in one buffer, and how long each is. A value.
package struct RedisCommand: Sendable {
    /// The first word, which is all that an error or a log ever says of a command.
    package let name: String
    private var words: ByteBuffer
    private var lengths: [Int]

    package init(_ name: String, _ arguments: String...) {
        self.name = name
        words = ByteBuffer(string: name)
        lengths = [name.utf8.count]
        for argument in arguments { append(argument) }
    }

    package var argumentCount: Int { lengths.count - 1 }

    /// Bytes of all words.
    package var byteCount: Int { words.writerIndex }

    /// Room for what will be appended.
    mutating func reserve(bytes: Int, arguments: Int) {
        words.reserveCapacity(minimumWritableBytes: bytes)
        lengths.reserveCapacity(lengths.count + arguments)
    }

    package mutating func append(_ text: String) { lengths.append(words.writeString(text)) }

    package mutating func append(_ number: some FixedWidthInteger) { append(String(number)) }

    package mutating func append(_ bytes: ByteBuffer) { lengths.append(words.writeImmutableBuffer(bytes)) }

    /// One argument of what `body` appends to the buffer, without a copy in between.
    package mutating func append(_ body: (inout ByteBuffer) -> Void) {
        let start = words.writerIndex
        body(&words)
        lengths.append(words.writerIndex - start)
    }

    /// Writes the command as Redis reads it.
    func encode(into buffer: inout ByteBuffer) throws(RedisError) {
        var command: UnsafeMutablePointer<CChar>?
        // Each pointer is the base of `words`, which lives during the call, plus the lengths before it.
        let length = words.withUnsafeReadableBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: lengths.count) { pointers in
                var next = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                for index in lengths.indices {
                    pointers.initializeElement(at: index, to: next)
                    next = next?.advanced(by: lengths[index])
                }
                return redisFormatCommandArgv(&command, Int32(lengths.count), pointers.baseAddress, lengths)
            }
        }
        guard length > 0, let command else { throw .commandTooLarge(name, bytes: byteCount) }
        defer { redisFreeCommand(command) }
        buffer.writeBytes(UnsafeRawBufferPointer(start: command, count: Int(length)))
    }
}
