/// Reading the fields that exchanges send: decimal strings and plain words, checked as they are read.
extension JSONCursor {
    /// A decimal number in a string (`"83024.60"`, `"-0.0123"`), or the empty string that stands for "none".
    package mutating func decimalString() throws(JSONError) -> String {
        let text = try string()
        guard !text.hasEscapes, text.bytes.isEmpty || Self.isDecimal(text.bytes) else {
            throw JSONError(.wrongType, at: position)
        }
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// A decimal number in a string that must be there: a price or a quantity.
    package mutating func nonEmptyDecimalString() throws(JSONError) -> String {
        let text = try decimalString()
        guard !text.isEmpty else { throw JSONError(.wrongType, at: position) }
        return text
    }

    /// A string of printable ASCII without escapes, such as an identifier or a symbol.
    package mutating func plainString() throws(JSONError) -> String {
        guard let text = try string().plain else { throw JSONError(.badString, at: position) }
        return text
    }

    /// The value of a required field, or an error that says that it is missing.
    package func require<Value>(_ value: Value?) throws(JSONError) -> Value {
        guard let value else { throw JSONError(.missingField, at: position) }
        return value
    }

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
