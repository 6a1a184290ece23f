/// A string token inside a JSON text: the bytes between its quotes, still escaped.
///
/// Valid only as long as the bytes that its cursor reads from.
package struct JSONToken {
    package let bytes: UnsafeRawBufferPointer
    package let hasEscapes: Bool

    /// True where the token is exactly `literal`; compares bytes, allocates nothing.
    package func equals(_ literal: StaticString) -> Bool {
        guard !hasEscapes, literal.utf8CodeUnitCount == bytes.count else { return false }
        for index in 0..<bytes.count where bytes[index] != literal.utf8Start[index] { return false }
        return true
    }

    /// True for printable ASCII with nothing escaped: such bytes can be written into another document as they stand.
    package var isPlain: Bool {
        guard !hasEscapes else { return false }
        for byte in bytes where byte < 0x20 || byte > 0x7E { return false }
        return true
    }

    /// The decoded text; nil where it is not UTF-8 or an escape stands for half a surrogate pair.
    package var decoded: String? {
        guard hasEscapes else { return String(validating: bytes, as: UTF8.self) }
        var units: [UInt16] = []
        var output: [UInt8] = []
        var index = 0
        func flush() -> Bool {
            guard !units.isEmpty else { return true }
            guard let text = String(validating: units, as: UTF16.self) else { return false }
            output.append(contentsOf: text.utf8)
            units.removeAll(keepingCapacity: true)
            return true
        }
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\") else {
                guard flush() else { return nil }
                output.append(bytes[index])
                index += 1
                continue
            }
            let escape = bytes[index + 1]
            index += 2
            if escape == UInt8(ascii: "u") {
                guard let unit = hexadecimal(at: index) else { return nil }
                units.append(unit)
                index += 4
                continue
            }
            guard flush() else { return nil }
            output.append(Self.unescaped(escape))
        }
        guard flush() else { return nil }
        return String(validating: output, as: UTF8.self)
    }

    private func hexadecimal(at offset: Int) -> UInt16? {
        var value: UInt16 = 0
        for index in offset..<offset + 4 {
            guard let digit = JSONCursor.hexadecimalValue(bytes[index]) else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    private static func unescaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: byte
        }
    }
}
