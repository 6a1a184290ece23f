import NIOCore

/// What tells the objects of a stream of states apart, where it tells of one after the other: a field of the data. A newer
/// message stands for an older one of the same object; what is another object is not replaced.
package struct ConflationKey: Sendable {
    /// At the top of the data; its value is an integer.
    package let field: StaticString

    package init(field: StaticString) {
        self.field = field
    }

    /// The object that the data tell of; nil where they don't say.
    package func object(of data: ByteBuffer) -> Int64? {
        data.withUnsafeReadableBytes { bytes in
            var cursor = JSONCursor(bytes)
            var object: Int64?
            try? cursor.object { (key, cursor) throws(JSONError) in
                if key.equals(field) { object = try cursor.integer() } else { try cursor.skip() }
            }
            return object
        }
    }
}
