import Core
import NIOCore

/// The data of a publication: `{"t":<nanoseconds>,"n":<number>,"pad":"..."}`, of an exact length.
enum PublicationData {
    /// Time and number have at most 19 digits each.
    static let minimumBytes = 64

    /// `pad` must be at least as long as the data.
    static func write(time: Int64, number: UInt64, bytes: Int, pad: ByteBuffer, into buffer: inout ByteBuffer) {
        let start = buffer.writerIndex
        buffer.writeStaticString("{\"t\":")
        buffer.writeDecimal(time)
        buffer.writeStaticString(",\"n\":")
        buffer.writeDecimal(number)
        buffer.writeStaticString(",\"pad\":\"")
        let missing = bytes - (buffer.writerIndex - start) - 2
        if let rest = pad.getSlice(at: pad.readerIndex, length: missing) { buffer.writeImmutableBuffer(rest) }
        buffer.writeStaticString("\"}")
    }

    static func pad(_ bytes: Int) -> ByteBuffer { ByteBuffer(repeating: UInt8(ascii: "x"), count: bytes) }

    /// Time and number; nil where these are no data of ours.
    @inline(__always)
    static func read(_ scanner: inout ByteScanner) -> (time: Int64, number: UInt64)? {
        guard scanner.skip("{\"t\":"), let time = scanner.number(), scanner.skip(",\"n\":"),
            let number = scanner.number()
        else { return nil }
        return (Int64(truncatingIfNeeded: time), number)
    }
}
