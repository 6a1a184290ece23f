import NIOCore

/// The one buffer that all connections of a loop read into, one after the other: so an idle connection holds none, and
/// what is read lies in the processor's cache.
///
/// Who reads takes it, and gives it back when the bytes are used. Taken while it is away, there is another one.
/// Touched on its loop only, which is why it is safe to send.
final class ReadBuffers: @unchecked Sendable {
    static let bytes = 64 << 10

    private var spare: ByteBuffer?

    func take(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        guard let buffer = spare else { return allocator.buffer(capacity: Self.bytes) }
        spare = nil
        return buffer
    }

    /// Indices are set back without touching the bytes, which the channel may still hold: emptying it would copy.
    @inline(__always)
    func giveBack(_ buffer: ByteBuffer) {
        guard buffer.capacity >= Self.bytes else { return }
        var buffer = buffer
        buffer.moveReaderIndex(to: 0)
        buffer.moveWriterIndex(to: 0)
        spare = buffer
    }
}
