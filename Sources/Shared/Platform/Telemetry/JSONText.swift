import Logging

/// Appends JSON to a byte buffer. Strings are escaped as RFC 8259 asks: quotes, backslashes and control characters,
/// so that what a client sent can't end a line or a string of the log.
package enum JSONText {
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += #"\""#.utf8
            case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
            case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
            case UInt8(ascii: "\r"): bytes += #"\r"#.utf8
            case UInt8(ascii: "\t"): bytes += #"\t"#.utf8
            case 0..<0x20: bytes += "\\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    package static func append(_ value: Logger.MetadataValue, to bytes: inout [UInt8]) {
        switch value {
        case .string(let text):
            append(text, to: &bytes)
        case .stringConvertible(let value):
            append(convertible: value, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .dictionary(let metadata):
            bytes.append(UInt8(ascii: "{"))
            for (index, item) in metadata.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(item.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                append(item.value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Numbers and booleans stay what they are, so that a log store can compare and sum them.
    private static func append(convertible value: any CustomStringConvertible, to bytes: inout [UInt8]) {
        switch value {
        case is any BinaryInteger, is Bool: bytes += value.description.utf8
        case let number as Double where number.isFinite: bytes += number.description.utf8
        default: append(value.description, to: &bytes)
        }
    }
}
