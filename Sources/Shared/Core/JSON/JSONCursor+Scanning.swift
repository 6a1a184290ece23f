/// The bytes of a text: white space, punctuation, and the insides of strings and numbers.
///
/// What is called for every byte or two is inlined by force: left to itself the compiler calls it, which the benchmark
/// shows.
extension JSONCursor {
    @inline(__always)
    mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    @inline(__always)
    mutating func nextByte() throws(JSONError) -> UInt8 {
        skipWhiteSpace()
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        return bytes[position]
    }

    mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard try nextByte() == byte else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
    }

    mutating func open(_ byte: UInt8) throws(JSONError) {
        guard try nextByte() == byte else { throw JSONError(.wrongType, at: position) }
        guard depth < Self.maximumDepth else { throw JSONError(.tooDeep, at: position) }
        depth += 1
        position += 1
    }

    mutating func close() {
        depth -= 1
        position += 1
    }

    /// Passes over a comma and answers false, or stays in front of `end` and answers true.
    mutating func separator(orEnd end: UInt8) throws(JSONError) -> Bool {
        let byte = try nextByte()
        if byte == end { return true }
        guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
        return false
    }

    /// Passes over bytes that mean nothing in a string, eight at a time: no quote, no backslash, no control byte.
    @inline(__always)
    func endOfPlainRun(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quotes = word ^ (ones * UInt64(UInt8(ascii: "\"")))
            let slashes = word ^ (ones * UInt64(UInt8(ascii: "\\")))
            // A byte's high bit is set where the byte was zero, or below 0x20. The lowest one set is always right.
            let hits =
                ((quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes | (word &- ones * 0x20) & ~word) & highs
            if hits != 0 { return index + hits.trailingZeroBitCount / 8 }
            index += 8
        }
        return index
    }

    func endOfEscape(at index: Int) throws(JSONError) -> Int {
        guard index + 1 < bytes.count else { throw JSONError(.unexpectedEnd, at: index) }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return index + 2
        case UInt8(ascii: "u"):
            guard index + 6 <= bytes.count else { throw JSONError(.unexpectedEnd, at: index) }
            for digit in bytes[index + 2..<index + 6] where Self.hexadecimalValue(digit) == nil {
                throw JSONError(.badString, at: index)
            }
            return index + 6
        default:
            throw JSONError(.badString, at: index)
        }
    }

    mutating func literal(_ text: StaticString) throws(JSONError) {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] {
            throw JSONError(.unexpectedByte, at: position + offset)
        }
        position += count
    }

    mutating func number() throws(JSONError) {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else {
            throw JSONError(.badNumber, at: start)
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard digits() > 0 else { throw JSONError(.badNumber, at: start) }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard digits() > 0 else { throw JSONError(.badNumber, at: start) }
        }
    }

    mutating func digits() -> Int {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        return position - start
    }
}
