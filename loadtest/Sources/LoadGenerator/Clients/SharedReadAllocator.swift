import NIOCore

/// Gives a connection the loop's buffer for each read. The channel keeps the first buffer that it was given for ever, so
/// that is a small one.
struct SharedReadAllocator: RecvByteBufferAllocator {
    private static let firstBytes = 256

    let buffers: ReadBuffers
    private var hasRead = false

    init(_ buffers: ReadBuffers) {
        self.buffers = buffers
    }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        hasRead ? buffers.take(allocator) : allocator.buffer(capacity: Self.firstBytes)
    }

    /// True is "the next one may be larger": the channel then asks again instead of using the one that it keeps.
    mutating func record(actualReadBytes: Int) -> Bool {
        hasRead = true
        return true
    }
}
