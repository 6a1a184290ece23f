/// Reads a JSON text (RFC 8259) from front to back without building a tree.
///
/// Made because every message of the exchange passes through here: Foundation's decoder takes tens of microseconds for
/// a ticker frame, this takes less than one. The same cursor reads client requests, so there is one JSON reader.
///
/// It owns nothing. It must not outlive the bytes it was given: make it inside `withUnsafeReadableBytes` and let
/// neither it nor a `JSONToken` escape. Each read is checked against the end of the bytes, so that no input can make it
/// read beyond. Nesting is bounded to 32 levels.
@usableFromInline
package struct JSONCursor {
    package enum Kind {
        case object, array, string, number, bool, null
    }

    static let maximumDepth = 32

    package let bytes: UnsafeRawBufferPointer
    package internal(set) var position: Int
    var depth = 0

    package init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// The kind of the value that comes next.
    package mutating func peek() throws(JSONError) -> Kind {
        switch try nextByte() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw JSONError(.unexpectedByte, at: position)
        }
    }

    /// Reads an object; `member` is called for each key and must consume that key's value.
    package mutating func object(
        _ member: (JSONToken, inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open(UInt8(ascii: "{"))
        if try nextByte() == UInt8(ascii: "}") { return close() }
        while true {
            let key = try string()
            try expect(UInt8(ascii: ":"))
            try member(key, &self)
            if try separator(orEnd: UInt8(ascii: "}")) { return close() }
        }
    }

    /// Reads an array; `element` is called in front of each element and must consume it.
    package mutating func array(_ element: (inout JSONCursor) throws(JSONError) -> Void) throws(JSONError) {
        try open(UInt8(ascii: "["))
        if try nextByte() == UInt8(ascii: "]") { return close() }
        while true {
            try element(&self)
            if try separator(orEnd: UInt8(ascii: "]")) { return close() }
        }
    }

    package mutating func string() throws(JSONError) -> JSONToken {
        guard try nextByte() == UInt8(ascii: "\"") else { throw JSONError(.wrongType, at: position) }
        let start = position + 1
        var index = start
        var hasEscapes = false
        while index < bytes.count {
            index = endOfPlainRun(from: index)
            guard index < bytes.count else { break }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                position = index + 1
                return JSONToken(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<index]), hasEscapes: hasEscapes)
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                index = try endOfEscape(at: index)
            } else {
                guard byte >= 0x20 else { throw JSONError(.badString, at: index) }
                index += 1
            }
        }
        throw JSONError(.unexpectedEnd, at: index)
    }

    /// A whole number that fits 64 bits; one with a fraction or an exponent is of the wrong type.
    package mutating func integer() throws(JSONError) -> Int64 {
        guard try peek() == .number else { throw JSONError(.wrongType, at: position) }
        let start = position
        let text = try rawValue()
        guard let value = Int64(String(decoding: text, as: UTF8.self)) else {
            throw JSONError(.wrongType, at: start)
        }
        return value
    }

    package mutating func bool() throws(JSONError) -> Bool {
        guard try peek() == .bool else { throw JSONError(.wrongType, at: position) }
        if bytes[position] == UInt8(ascii: "t") {
            try literal("true")
            return true
        }
        try literal("false")
        return false
    }

    /// Checks the next value whole and passes over it.
    package mutating func skip() throws(JSONError) {
        switch try peek() {
        case .object: try object { (_, cursor) throws(JSONError) in try cursor.skip() }
        case .array: try array { (cursor) throws(JSONError) in try cursor.skip() }
        case .string: _ = try string()
        case .number: try number()
        case .bool: _ = try bool()
        case .null: try literal("null")
        }
    }

    /// Checks the next value whole and gives its bytes as they were sent.
    package mutating func rawValue() throws(JSONError) -> UnsafeRawBufferPointer {
        _ = try nextByte()
        let start = position
        try skip()
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    /// Finds the end of the next value by its brackets and quotes only, for bytes that somebody will read again: what
    /// stands between them is checked then. Half the price of `rawValue`, and a frame of the exchange is mostly such a
    /// value.
    @usableFromInline
    package mutating func uncheckedValue() throws(JSONError) -> UnsafeRawBufferPointer {
        let kind = try peek()
        guard kind == .object || kind == .array else { return try rawValue() }
        let start = position
        var open = 0
        var index = position
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                position = index
                _ = try string()
                index = position
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                open += 1
                guard open + depth <= Self.maximumDepth else { throw JSONError(.tooDeep, at: index) }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                open -= 1
                guard open > 0 else {
                    position = index + 1
                    return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
                }
            default: break
            }
            index += 1
        }
        throw JSONError(.unexpectedEnd, at: index)
    }

    /// Throws unless nothing but white space is left.
    package mutating func end() throws(JSONError) {
        skipWhiteSpace()
        guard position == bytes.count else { throw JSONError(.trailingBytes, at: position) }
    }

    static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
