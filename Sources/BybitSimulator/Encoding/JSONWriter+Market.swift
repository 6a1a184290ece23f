import Core

/// What the exchange's frames are made of beside JSON's own values. A frame is built in a buffer of its own, which all its
/// receivers share.
extension JSONWriter {
    mutating func price(_ ticks: Int, of instrument: Instrument) {
        decimal(instrument.price(ticks), scale: instrument.priceScale)
    }

    mutating func trimmedPrice(_ ticks: Int, of instrument: Instrument) {
        trimmed(instrument.price(ticks), scale: instrument.priceScale)
    }

    mutating func size(_ lots: Int, of instrument: Instrument) {
        decimal(lots, scale: instrument.sizeScale)
    }

    /// `key` comes with its quotes, colon and opening quote: `"p":"`.
    mutating func quotedPrice(_ key: StaticString, _ ticks: Int, of instrument: Instrument) {
        raw(key)
        price(ticks, of: instrument)
        raw("\"")
    }

    mutating func quotedSize(_ key: StaticString, _ lots: Int, of instrument: Instrument) {
        raw(key)
        size(lots, of: instrument)
        raw("\"")
    }

    /// Writes `value` times 10^-scale exactly, with all `scale` digits after the point.
    mutating func decimal(_ value: Int, scale: Int) {
        if value < 0 { raw("-") }
        DecimalText.with(UInt64(value.magnitude)) { digits in
            let whole = max(digits.count - scale, 0)
            if whole == 0 { raw("0") }
            raw(UnsafeRawBufferPointer(rebasing: digits[..<whole]))
            guard scale > 0 else { return }
            raw(".")
            for _ in 0..<max(scale - digits.count, 0) { raw("0") }
            raw(UnsafeRawBufferPointer(rebasing: digits[whole...]))
        }
    }

    /// The same without the zeros at the end, and without a point when nothing is left after it.
    mutating func trimmed(_ value: Int, scale: Int) {
        var value = value
        var scale = scale
        while scale > 0, value % 10 == 0 {
            value /= 10
            scale -= 1
        }
        decimal(value, scale: scale)
    }

    /// Writes `value` times 10^-scale with exactly `digits` digits after the point, cutting what is beyond them.
    mutating func decimal(_ value: Int, scale: Int, digits: Int) {
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
        decimal(value, scale: digits)
    }

    /// A version 5 UUID's text made of 128 random bits.
    mutating func uuid(_ identity: (high: UInt64, low: UInt64)) {
        let high = (identity.high & ~0xF000) | 0x5000
        let low = (identity.low & ~(0b11 << 62)) | (0b10 << 62)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { byte(UInt8(ascii: "-")) }
            let word = index < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: (word >> UInt64(60 - 4 * (index % 16))) & 0xF)
            byte(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
