import Core
import NIOCore

/// The data of a publication: `{"t":<nanoseconds>,"n":<number>,"pad":"..."}`, of an exact length.
enum PublicationData {
    /// Time and number have at most 19 digits each.
    static let minimumBytes = 64

    /// `pad` must be at least as long as the data.
    static func make(time: Int64, number: UInt64, bytes: Int, pad: ByteBuffer) -> ByteBuffer {
        var json = JSONWriter(capacity: bytes)
        json.raw("{\"t\":")
        json.decimal(time)
        json.raw(",\"n\":")
        json.decimal(number)
        json.raw(",\"pad\":\"")
        if let rest = pad.getSlice(at: pad.readerIndex, length: bytes - json.count - 2) { json.raw(rest) }
        json.raw("\"}")
        return json.finish()
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
