/// Why bytes were refused as JSON, and where.
@usableFromInline
package struct JSONError: Error, Hashable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        case unexpectedEnd = "the text ends too early"
        case unexpectedByte = "an unexpected byte"
        case badString = "a string with a control byte or a bad escape"
        case badNumber = "a malformed or too large number"
        case tooDeep = "nesting deeper than 32 levels"
        case trailingBytes = "bytes after the end of the value"
        case wrongType = "a value of another type than expected"
        case duplicateKey = "the same key twice in one object"
        case missingField = "a required field is missing from the object that ends"
    }

    package let reason: Reason
    /// Offset in bytes from the start of the text.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    @usableFromInline
    package var description: String { "\(reason.rawValue) at byte \(offset)" }
}
