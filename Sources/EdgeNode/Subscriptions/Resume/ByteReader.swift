/// Reads the bytes of a token from front to back; nil where they end too early or make no sense.
struct ByteReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.rest = bytes }

    mutating func byte() -> UInt8? { rest.popFirst() }

    /// LEB128, of 64 bits at most.
    mutating func number() -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let byte = byte() else { return nil }
            let bits = UInt64(byte & 0x7F)
            // The tenth byte holds the 64th bit and no more.
            guard shift < 63 || bits <= 1 else { return nil }
            number |= bits << UInt64(shift)
            if byte & 0x80 == 0 { return number }
        }
        return nil
    }

    mutating func double() -> Double? {
        guard rest.count >= 8 else { return nil }
        let bits = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(8)
        return Double(bitPattern: bits)
    }

    /// With their length in front.
    mutating func bytes() -> ArraySlice<UInt8>? {
        guard let length = number(), length <= rest.count else { return nil }
        let bytes = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        return bytes
    }

    mutating func text() -> String? {
        bytes().flatMap { String(validating: $0, as: UTF8.self) }
    }
}
