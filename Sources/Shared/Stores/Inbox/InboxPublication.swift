import Core
import NIOCore

/// A message that somebody publishes by hand. A value.
package struct InboxPublication: Sendable, Hashable {
    /// Far below what every broker takes.
    package static let maximumDataLength = 256 << 10

    /// As it was written: whether it is a stream, the ingestor says.
    package let stream: String
    /// Of the leader that it is for: another has not seen what that one has, and must not number it once more.
    package let epoch: UInt64
    /// It is the whole state of the stream.
    package let isSnapshot: Bool
    /// One JSON value.
    package let data: ByteBuffer

    package init(stream: String, epoch: UInt64, isSnapshot: Bool = false, data: ByteBuffer) {
        self.stream = stream
        self.epoch = epoch
        self.isSnapshot = isSnapshot
        self.data = data
    }

    /// What is wrong with `data`, in words; nil where nothing is.
    package static func objection(to data: ByteBuffer) -> String? {
        guard data.readableBytes > 0 else { return "there is no data" }
        guard data.readableBytes <= maximumDataLength else {
            return "the data has \(data.readableBytes) bytes; \(maximumDataLength) are taken"
        }
        do throws(JSONError) {
            try data.readJSON { (cursor) throws(JSONError) in try cursor.skip() }
            // As deep as it stands in its message.
            try ByteBuffer(bytes: Array("[[".utf8) + Array(data.readableBytesView) + Array("]]".utf8)).readJSON {
                (cursor) throws(JSONError) in try cursor.skip()
            }
        } catch {
            return "the data is not one JSON value: \(error)"
        }
        guard String(validating: data.readableBytesView, as: UTF8.self) != nil else {
            return "the data is not text in UTF-8"
        }
        return nil
    }
}
