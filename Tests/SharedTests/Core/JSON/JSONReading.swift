@testable import Core

/// Lends a text to a cursor for the length of a test's closure.
enum JSONReading {
    static func read<Value>(_ bytes: [UInt8], _ body: (inout JSONCursor) throws -> Value) throws -> Value {
        try bytes.withUnsafeBytes { bytes in
            var cursor = JSONCursor(bytes)
            return try body(&cursor)
        }
    }

    static func read<Value>(_ text: String, _ body: (inout JSONCursor) throws -> Value) throws -> Value {
        try read(Array(text.utf8), body)
    }

    /// Why the bytes are no JSON text; nil where they are one.
    static func refusal(of bytes: [UInt8]) -> JSONError.Reason? {
        do {
            try read(bytes) { cursor in
                try cursor.skip()
                try cursor.end()
            }
            return nil
        } catch {
            return (error as? JSONError)?.reason
        }
    }
}
