/// Reading what an exchange sends with tolerance: its numbers come bare or in strings, with or without an exponent, and
/// a later release of it may write them otherwise than today's.
extension JSONCursor {
    /// A decimal number, or the empty string that stands for "none".
    package mutating func decimal() throws(JSONError) -> JSONScalar {
        guard try nextByte() == UInt8(ascii: "\"") else { return try bareDecimal() }
        let text = try string()
        if text.bytes.isEmpty || !text.hasEscapes && Self.isDecimal(text.bytes) { return JSONScalar(text.bytes) }
        return try withExponent(text.bytes)
    }

    /// A decimal number that must be there: a price or a quantity.
    package mutating func nonEmptyDecimal() throws(JSONError) -> JSONScalar {
        let value = try decimal()
        guard !value.isEmpty else { throw JSONError(.wrongType, at: position) }
        return value
    }

    /// A word, whichever it is, or a number in its place. What is escaped in it stays so.
    package mutating func word() throws(JSONError) -> JSONScalar {
        guard try nextByte() == UInt8(ascii: "\"") else { return try bareDecimal() }
        let text = try string()
        guard text.isPlain || text.decoded != nil else { throw JSONError(.badString, at: position) }
        return JSONScalar(text.bytes)
    }

    /// A whole number of 64 bits: bare or in a string, also with an exponent or with zeros behind its point.
    package mutating func wholeNumber() throws(JSONError) -> Int64 { try integerPart(mayCut: false) }

    /// Milliseconds since 1970: as a whole number, but what is finer is cut.
    package mutating func milliseconds() throws(JSONError) -> Int64 { try integerPart(mayCut: true) }

    /// True or false, also as a string, or as 1 or 0.
    package mutating func flag() throws(JSONError) -> Bool {
        if try peek() == .bool { return try bool() }
        let value = try word()
        switch value.text {
        case "true", "1": return true
        case "false", "0": return false
        default: throw JSONError(.wrongType, at: position)
        }
    }

    /// Passes over `null`; false where another value comes.
    package mutating func skipNull() throws(JSONError) -> Bool {
        guard try nextByte() == UInt8(ascii: "n") else { return false }
        try literal("null")
        return true
    }

    private mutating func bareDecimal() throws(JSONError) -> JSONScalar {
        guard try peek() == .number else { throw JSONError(.wrongType, at: position) }
        let text = try rawValue()
        return Self.isDecimal(text) ? JSONScalar(text) : try withExponent(text)
    }

    private func withExponent(_ text: UnsafeRawBufferPointer) throws(JSONError) -> JSONScalar {
        guard DecimalExponent(text) != nil else { throw JSONError(.wrongType, at: position) }
        return JSONScalar(text, hasExponent: true)
    }

    private mutating func integerPart(mayCut: Bool) throws(JSONError) -> Int64 {
        let number = try nonEmptyDecimal()
        let value =
            number.hasExponent
            ? number.written.withUnsafeBytes { Self.integerPart(of: $0, mayCut: mayCut) }
            : Self.integerPart(of: number.bytes, mayCut: mayCut)
        guard let value else { throw JSONError(.wrongType, at: position) }
        return value
    }

    /// Of a text that is a decimal; nil where it does not fit, or where more than zeros would have to be cut.
    private static func integerPart(of text: UnsafeRawBufferPointer, mayCut: Bool) -> Int64? {
        let isNegative = text[0] == UInt8(ascii: "-")
        var index = isNegative ? 1 : 0
        // Downwards: the lowest number has no counterpart.
        var value: Int64 = 0
        while index < text.count, text[index] != UInt8(ascii: ".") {
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.subtractingReportingOverflow(Int64(text[index] - UInt8(ascii: "0")))
            guard !isTooLarge, !overflows else { return nil }
            value = sum
            index += 1
        }
        guard mayCut || text[index...].allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }) else {
            return nil
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }
}
