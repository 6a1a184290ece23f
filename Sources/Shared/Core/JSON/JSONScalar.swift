/// A number or a word of a JSON text that clients get between quotes: mostly the very bytes that were sent.
///
/// Made by a cursor, which has checked that the bytes need no escaping. Valid only as long as the bytes that the cursor
/// reads from.
package struct JSONScalar {
    let bytes: UnsafeRawBufferPointer
    /// A number with an exponent: it is written out. Everything else stands as it was sent.
    let hasExponent: Bool

    init(_ bytes: UnsafeRawBufferPointer, hasExponent: Bool = false) {
        self.bytes = bytes
        self.hasExponent = hasExponent
    }

    /// `word` must need no escaping.
    package init(_ word: JSONToken) { self.init(word.bytes) }

    /// What stands for a value that there is not.
    package static var empty: JSONScalar { JSONScalar(UnsafeRawBufferPointer(start: nil, count: 0)) }

    package var isEmpty: Bool { bytes.isEmpty }

    /// The text that clients get.
    package var text: String {
        hasExponent ? String(decoding: written, as: UTF8.self) : String(decoding: bytes, as: UTF8.self)
    }

    /// The number without its exponent. Empty for one that the cursor would have refused.
    var written: [UInt8] { DecimalExponent(bytes)?.written ?? [] }
}

extension JSONWriter {
    package mutating func scalar(_ value: JSONScalar) {
        guard value.hasExponent else { return raw(value.bytes) }
        value.written.withUnsafeBytes { raw($0) }
    }
}
