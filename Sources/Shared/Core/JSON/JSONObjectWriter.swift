import NIOCore

/// Writes one JSON object, key by key, in the order of the calls.
package struct JSONObjectWriter {
    private var buffer = ByteBuffer()

    package private(set) var isEmpty = true

    package init() {}

    package consuming func finish() -> ByteBuffer {
        var result = buffer
        result.writeStaticString(isEmpty ? "{}" : "}")
        return result
    }

    package mutating func string(_ name: String, _ value: String) {
        key(name)
        buffer.writeJSONString(value)
    }

    package mutating func integer(_ name: String, _ value: some FixedWidthInteger) {
        key(name)
        buffer.writeDecimal(value)
    }

    package mutating func bool(_ name: String, _ value: Bool) {
        key(name)
        buffer.writeStaticString(value ? "true" : "false")
    }

    package mutating func strings(_ name: String, _ values: [String]) {
        key(name)
        buffer.writeJSONStrings(values)
    }

    /// `value` must be JSON already.
    package mutating func raw(_ name: String, _ value: String) {
        key(name)
        buffer.writeString(value)
    }

    package mutating func object(_ name: String, _ body: (inout JSONObjectWriter) -> Void) {
        key(name)
        Self.write(into: &buffer, body)
    }

    /// An array of objects, or `null`.
    package mutating func array<Element>(
        _ name: String,
        _ elements: [Element]?,
        _ body: (inout JSONObjectWriter, Element) -> Void
    ) {
        key(name)
        guard let elements else {
            buffer.writeStaticString("null")
            return
        }
        buffer.writeJSONArray(elements) { buffer, element in Self.write(into: &buffer) { body(&$0, element) } }
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

    private mutating func key(_ name: String) {
        buffer.writeStaticString(isEmpty ? "{" : ",")
        isEmpty = false
        buffer.writeJSONString(name)
        buffer.writeStaticString(":")
    }

    private static func write(into buffer: inout ByteBuffer, _ body: (inout JSONObjectWriter) -> Void) {
        var writer = JSONObjectWriter()
        body(&writer)
        buffer.writeImmutableBuffer(writer.finish())
    }
}
