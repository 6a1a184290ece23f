import NIOCore

extension ByteBuffer {
    /// Writes a whole number in digits.
    mutating func writeInteger(text value: Int) {
        writeDecimal(value, scale: 0)
    }

    /// Writes `value` times 10^-scale exactly, with all `scale` digits after the point.
    mutating func writeDecimal(_ value: Int, scale: Int) {
        // Twenty digits at most, a point, a sign and the zeros of a small value.
        writeWithUnsafeMutableBytes(minimumWritableBytes: 44) { bytes in
            var position = 44
            var rest = value.magnitude
            var digits = 0
            repeat {
                if digits == scale, scale > 0 {
                    position -= 1
                    bytes[position] = UInt8(ascii: ".")
                }
                position -= 1
                bytes[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
                digits += 1
            } while rest > 0 || digits <= scale
            if value < 0 {
                position -= 1
                bytes[position] = UInt8(ascii: "-")
            }
            let length = 44 - position
            for index in 0..<length { bytes[index] = bytes[position + index] }
            return length
        }
    }

    /// The same without the zeros at the end, and without a point when nothing is left after it.
    mutating func writeTrimmedDecimal(_ value: Int, scale: Int) {
        var value = value
        var scale = scale
        while scale > 0, value % 10 == 0 {
            value /= 10
            scale -= 1
        }
        writeDecimal(value, scale: scale)
    }

    /// Writes `value` times 10^-scale with exactly `digits` digits after the point, cutting what is beyond them.
    mutating func writeDecimal(_ value: Int, scale: Int, digits: Int) {
        var value = value
        var scale = scale
        while scale > digits {
            value /= 10
            scale -= 1
        }
        while scale < digits {
            value *= 10
            scale += 1
        }
        writeDecimal(value, scale: digits)
    }
}
