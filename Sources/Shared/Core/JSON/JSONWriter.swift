import NIOCore

/// The one way to write JSON: text goes straight into the memory of the buffer that is sent. No intermediate string, no
/// formatter, and no allocation but where the buffer must grow.
///
/// `ByteBuffer` looks at its storage, and checks exclusive access to it at run time, with each of the dozen writes of a frame or
/// the sixty of a ticker; a profile showed a fifth of the time there. So the writer looks once, and anew when the buffer grows.
///
/// Usable from inline, or the compiler would inline none of it into the modules above.
@usableFromInline
package struct JSONWriter: ~Copyable {
    /// Its writer index stays where `memory` begins, until the end.
    private var buffer: ByteBuffer

    /// What can be written of the buffer. The pointer is safe: nobody else has the buffer before the end, and its heap memory
    /// stays where it is until `grow` moves it, and looks anew.
    @usableFromInline
    var memory: UnsafeMutableRawBufferPointer

    /// Bytes of it that are written.
    @usableFromInline
    var written = 0

    /// - Parameters:
    ///   - capacity: For so many bytes it need not grow. Nothing is allocated for 0.
    ///   - room: Bytes that are left free in front, for whoever gets the buffer.
    package init(capacity: Int = 256, behind room: Int = 0) {
        guard capacity + room > 0 else {
            buffer = ByteBuffer()
            memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
            return
        }
        var buffer = ByteBufferAllocator().buffer(capacity: room + capacity)
        if room > 0 {
            buffer.moveWriterIndex(to: room)
            buffer.moveReaderIndex(to: room)
        }
        memory = Self.writableMemory(of: &buffer)
        self.buffer = buffer
    }

    @inlinable
    package var count: Int { written }

    /// The buffer with all that was written.
    package consuming func finish() -> ByteBuffer {
        buffer.moveWriterIndex(forwardBy: written)
        return buffer
    }

    /// A copy of what has been written, in one allocation of its size.
    package func makeBuffer() -> ByteBuffer { withBytes { ByteBuffer(bytes: $0) } }

    /// Lends what has been written; the pointer must not leave `body`.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(start: memory.baseAddress, count: written))
    }

    /// Starts anew in the same memory.
    package mutating func removeAll() { written = 0 }

    /// Takes back what was written behind the first `count` bytes.
    package mutating func truncate(to count: Int) { written = min(written, max(0, count)) }

    @usableFromInline @inline(never)
    mutating func grow(by length: Int) {
        buffer.moveWriterIndex(forwardBy: written)
        buffer.reserveCapacity(minimumWritableBytes: max(length, written, 64))
        buffer.moveWriterIndex(to: buffer.writerIndex - written)
        memory = Self.writableMemory(of: &buffer)
    }

    private static func writableMemory(of buffer: inout ByteBuffer) -> UnsafeMutableRawBufferPointer {
        buffer.withUnsafeMutableWritableBytes { $0 }
    }
}

/// Text as it stands: it must be JSON already, or need no escaping inside a string.
extension JSONWriter {
    @inlinable @inline(__always)
    package mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        if bytes.count > memory.count - written { grow(by: bytes.count) }
        (memory.baseAddress! + written).copyMemory(from: source, byteCount: bytes.count)
        written += bytes.count
    }

    @inlinable @inline(__always)
    package mutating func raw(_ text: StaticString) {
        raw(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inlinable
    package mutating func raw(text: String) {
        var text = text
        text.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
    }

    @inlinable
    package mutating func raw(_ buffer: ByteBuffer) { buffer.withUnsafeReadableBytes { raw($0) } }

    @inlinable
    package mutating func byte(_ byte: UInt8) {
        if memory.count == written { grow(by: 1) }
        memory[written] = byte
        written += 1
    }
}
