import NIOCore

/// JSON's values, and objects key by key in the order of the calls.
extension JSONWriter {
    /// A number in decimal digits.
    @inlinable
    package mutating func decimal(_ value: some FixedWidthInteger) {
        DecimalText.with(UInt64(value.magnitude), isNegative: value < 0) { raw($0) }
    }

    /// A number of thousandths, always with its three decimals: 1002 is `1.002`.
    package mutating func thousandths(_ value: Int64) {
        if value < 0 { raw("-") }
        decimal(value.magnitude / 1000)
        let rest = value.magnitude % 1000
        raw(rest < 10 ? ".00" : rest < 100 ? ".0" : ".")
        decimal(rest)
    }

    package mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    /// With its quotes, and escaped as RFC 8259 asks: quotes, backslashes and control characters.
    package mutating func string(_ text: String) {
        byte(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            var start = 0
            for (index, byte) in bytes.enumerated()
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                raw(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
                escape(byte)
                start = index + 1
            }
            raw(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
        byte(UInt8(ascii: "\""))
    }

    /// An array, with `write` for each element.
    package mutating func array<Element>(
        _ elements: some Sequence<Element>,
        _ write: (inout JSONWriter, Element) -> Void
    ) {
        raw("[")
        var isFirst = true
        for element in elements {
            if !isFirst { raw(",") }
            isFirst = false
            write(&self, element)
        }
        raw("]")
    }

    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        raw("{")
        members(&self)
        raw("}")
    }

    /// A buffer with one object.
    package static func object(_ members: (inout JSONWriter) -> Void) -> ByteBuffer {
        var json = JSONWriter()
        json.object(members)
        return json.finish()
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        default:
            raw("\\u00")
            self.byte(UInt8(ascii: "0") + (byte >> 4))
            self.byte(byte & 0xF < 10 ? UInt8(ascii: "0") + (byte & 0xF) : UInt8(ascii: "a") + (byte & 0xF) - 10)
        }
    }
}

/// The members of an object.
extension JSONWriter {
    /// The object has no member yet.
    package var isEmpty: Bool { written == 0 || memory[written - 1] == UInt8(ascii: "{") }

    /// What is written next is the value.
    package mutating func key(_ name: String) {
        if !isEmpty { raw(",") }
        string(name)
        raw(":")
    }

    package mutating func string(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    package mutating func integer(_ name: String, _ value: some FixedWidthInteger) {
        key(name)
        decimal(value)
    }

    package mutating func bool(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }

    package mutating func strings(_ name: String, _ values: [String]) {
        key(name)
        array(values) { $0.string($1) }
    }

    /// `value` must be JSON already.
    package mutating func raw(_ name: String, _ value: String) {
        key(name)
        raw(text: value)
    }

    package mutating func object(_ name: String, _ members: (inout JSONWriter) -> Void) {
        key(name)
        object(members)
    }

    /// An array of objects, or `null`.
    package mutating func array<Element>(
        _ name: String,
        _ elements: [Element]?,
        _ members: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        guard let elements else { return raw("null") }
        array(elements) { json, element in json.object { members(&$0, element) } }
    }

    /// `"positions":{"ticker.BTCUSDT":{"epoch":7,"sequence":5}}`.
    package mutating func positions(_ positions: [(String, Position)]) {
        object("positions") { object in
            for (stream, position) in positions {
                object.object(stream) {
                    $0.integer("epoch", position.epoch)
                    $0.integer("sequence", position.sequence)
                }
            }
        }
    }
}
