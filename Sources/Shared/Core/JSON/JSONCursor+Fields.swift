/// Reading decimal strings and plain words as they are written by ourselves, checked as they are read.
extension JSONCursor {
    /// A decimal number in a string (`"83024.60"`, `"-0.0123"`), or the empty string that stands for "none".
    package mutating func decimalBytes() throws(JSONError) -> UnsafeRawBufferPointer {
        let text = try string()
        guard !text.hasEscapes, text.bytes.isEmpty || Self.isDecimal(text.bytes) else {
            throw JSONError(.wrongType, at: position)
        }
        return text.bytes
    }

    package mutating func decimalString() throws(JSONError) -> String {
        String(decoding: try decimalBytes(), as: UTF8.self)
    }

    /// A string of printable ASCII without escapes, such as an identifier or a symbol.
    package mutating func plainBytes() throws(JSONError) -> UnsafeRawBufferPointer {
        let text = try string()
        guard text.isPlain else { throw JSONError(.badString, at: position) }
        return text.bytes
    }

    package mutating func plainString() throws(JSONError) -> String {
        String(decoding: try plainBytes(), as: UTF8.self)
    }

    /// What `read` makes of the next value; where it makes nothing of it the value is passed over. Throws where not even
    /// its end can be found.
    @inlinable
    package mutating func attempt<Value>(
        _ read: (inout JSONCursor) throws(JSONError) -> Value
    ) throws(JSONError) -> Value? {
        let beginning = self
        do throws(JSONError) {
            return try read(&self)
        } catch {
            self = beginning
            _ = try uncheckedValue()
            return nil
        }
    }

    /// The value of a required field, or an error that says that it is missing.
    ///
    /// Inlinable, so that it is made for each type where it is used: across modules a generic function looks its type
    /// up at run time, which cost a trade a tenth of its time.
    @inlinable
    package func require<Value>(_ value: Value?) throws(JSONError) -> Value {
        guard let value else { throw missingField() }
        return value
    }

    @usableFromInline
    package func missingField() -> JSONError { JSONError(.missingField, at: position) }

    /// An optional sign, digits, and at most one point with digits behind it.
    static func isDecimal(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        if bytes[0] == UInt8(ascii: "-") { index = 1 }
        var digits = 0
        var points = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte &- UInt8(ascii: "0") < 10 {
                digits += 1
            } else {
                guard byte == UInt8(ascii: "."), points == 0, digits > 0 else { return false }
                points = 1
                digits = 0
            }
            index += 1
        }
        return digits > 0
    }
}
