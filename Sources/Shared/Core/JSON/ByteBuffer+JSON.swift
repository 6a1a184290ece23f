import NIOCore

extension ByteBuffer {
    /// What `read` makes of all that is readable, which must be one JSON value and nothing behind it. `withUnsafeReadableBytes`
    /// alone would lose the error's type.
    package func readJSON<Value>(
        _ read: (inout JSONCursor) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        let result = withUnsafeReadableBytes { bytes -> Result<Value, JSONError> in
            var cursor = JSONCursor(bytes)
            do throws(JSONError) {
                let value = try read(&cursor)
                try cursor.end()
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
