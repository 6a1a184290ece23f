import Core
import Glibc
import NIOCore

/// What comes on standard input, as bytes: nothing is made of them that was not written. Blocks; used by one task.
///
/// Holds what it has read and not handed out: one message that is too long, and one read more.
struct StandardInput: ~Copyable {
    private static let chunk = 64 << 10

    private let maximumLength: Int
    private var buffer = ByteBuffer()
    private var isOver = false

    /// - Parameter maximumLength: Of a line, or of the whole: longer ones are handed out one byte longer than that.
    init(maximumLength: Int) {
        self.maximumLength = maximumLength
    }

    /// All that comes, without white space around it.
    mutating func readAll() -> ByteBuffer {
        while buffer.readableBytes <= maximumLength, fill() {}
        return Self.trimmed(buffer.readSlice(length: min(buffer.readableBytes, maximumLength + 1)) ?? ByteBuffer())
    }

    /// The next line, without white space around it; nil at the end.
    mutating func readLine() -> ByteBuffer? {
        while true {
            if let length = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map({ $0 - buffer.readerIndex })
            {
                let line = buffer.readSlice(length: length) ?? ByteBuffer()
                buffer.moveReaderIndex(forwardBy: 1)
                return Self.trimmed(line)
            }
            guard buffer.readableBytes <= maximumLength, fill() else { break }
        }
        guard buffer.readableBytes > 0 else { return nil }
        return Self.trimmed(buffer.readSlice(length: min(buffer.readableBytes, maximumLength + 1)) ?? ByteBuffer())
    }

    /// False at the end.
    private mutating func fill() -> Bool {
        guard !isOver else { return false }
        buffer.discardReadBytes()
        // The pointer is used within the call, and the system writes at most as many bytes as there is room for.
        let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.chunk) { bytes in
            var count = read(STDIN_FILENO, bytes.baseAddress, Self.chunk)
            while count < 0, errno == EINTR { count = read(STDIN_FILENO, bytes.baseAddress, Self.chunk) }
            return max(0, count)
        }
        isOver = count == 0
        return count > 0
    }

    private static func trimmed(_ bytes: ByteBuffer) -> ByteBuffer {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        var bytes = bytes
        let view = bytes.readableBytesView
        guard let first = view.firstIndex(where: { !isSpace($0) }), let last = view.lastIndex(where: { !isSpace($0) })
        else { return ByteBuffer() }
        bytes.moveReaderIndex(to: first)
        bytes.moveWriterIndex(to: last + 1)
        return bytes
    }
}
