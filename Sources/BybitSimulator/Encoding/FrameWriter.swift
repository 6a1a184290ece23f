import NIOCore

/// Builds one compact JSON frame in a buffer of its own; the buffer is then shared by all its receivers.
struct FrameWriter {
    private(set) var buffer: ByteBuffer

    init(capacity: Int) {
        buffer = ByteBufferAllocator().buffer(capacity: capacity)
    }

    mutating func text(_ text: String) {
        buffer.writeString(text)
    }

    mutating func literal(_ text: StaticString) {
        buffer.writeStaticString(text)
    }

    mutating func number(_ value: Int) {
        buffer.writeInteger(text: value)
    }

    mutating func number(_ value: Int64) {
        buffer.writeInteger(text: Int(value))
    }

    mutating func price(_ ticks: Int, of instrument: Instrument) {
        buffer.writeDecimal(instrument.price(ticks), scale: instrument.priceScale)
    }

    mutating func trimmedPrice(_ ticks: Int, of instrument: Instrument) {
        buffer.writeTrimmedDecimal(instrument.price(ticks), scale: instrument.priceScale)
    }

    mutating func size(_ lots: Int, of instrument: Instrument) {
        buffer.writeDecimal(lots, scale: instrument.sizeScale)
    }

    mutating func decimal(_ value: Int, scale: Int, digits: Int) {
        buffer.writeDecimal(value, scale: scale, digits: digits)
    }

    mutating func trimmed(_ value: Int, scale: Int) {
        buffer.writeTrimmedDecimal(value, scale: scale)
    }

    /// `key` comes with its quotes, colon and opening quote: `"p":"`.
    mutating func quotedPrice(_ key: StaticString, _ ticks: Int, of instrument: Instrument) {
        literal(key)
        price(ticks, of: instrument)
        literal("\"")
    }

    mutating func quotedSize(_ key: StaticString, _ lots: Int, of instrument: Instrument) {
        literal(key)
        size(lots, of: instrument)
        literal("\"")
    }

    /// A version 5 UUID's text made of 128 random bits.
    mutating func uuid(_ identity: (high: UInt64, low: UInt64)) {
        let high = (identity.high & ~0xF000) | 0x5000
        let low = (identity.low & ~(0b11 << 62)) | (0b10 << 62)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 36) { bytes in
            var position = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    bytes[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = index < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: (word >> UInt64(60 - 4 * (index % 16))) & 0xF)
                bytes[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                position += 1
            }
            return position
        }
    }
}
