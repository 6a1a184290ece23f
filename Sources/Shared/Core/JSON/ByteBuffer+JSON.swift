import NIOCore

/// Writing JSON straight into the buffer that will be sent: no intermediate string, no formatter.
extension ByteBuffer {
    /// Writes `text` as a JSON string with its quotes, escaping what JSON demands.
    package mutating func writeJSONString(_ text: String) {
        writeInteger(UInt8(ascii: "\""))
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            writeString(text)
        } else {
            for byte in text.utf8 { writeEscaped(byte) }
        }
        writeInteger(UInt8(ascii: "\""))
    }

    /// Writes a number in decimal digits.
    @inlinable
    package mutating func writeDecimal(_ value: some FixedWidthInteger) {
        DecimalText.with(UInt64(value.magnitude), isNegative: value < 0) { _ = writeBytes($0) }
    }

    /// Writes `["a","b"]`.
    package mutating func writeJSONStrings(_ texts: some Sequence<String>) {
        writeJSONArray(texts) { $0.writeJSONString($1) }
    }

    /// Writes an array, with `write` for each element.
    package mutating func writeJSONArray<Element>(
        _ elements: some Sequence<Element>,
        _ write: (inout ByteBuffer, Element) -> Void
    ) {
        writeInteger(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { writeInteger(UInt8(ascii: ",")) }
            isFirst = false
            write(&self, element)
        }
        writeInteger(UInt8(ascii: "]"))
    }

    private mutating func writeEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): writeStaticString("\\\"")
        case UInt8(ascii: "\\"): writeStaticString("\\\\")
        case 0x0A: writeStaticString("\\n")
        case 0x0D: writeStaticString("\\r")
        case 0x09: writeStaticString("\\t")
        case 0..<0x20:
            writeStaticString("\\u00")
            writeInteger(UInt8(ascii: "0") + (byte >> 4))
            writeInteger(byte & 0xF < 10 ? UInt8(ascii: "0") + (byte & 0xF) : UInt8(ascii: "a") + (byte & 0xF) - 10)
        default: writeInteger(byte)
        }
    }
}
