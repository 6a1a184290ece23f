import NIOCore
import Shared

/// Merges the exchange's ticker deltas into the whole state and publishes that: a field that a delta leaves out keeps its
/// value, and one never seen is left out, so no client is ever shown a price that the exchange did not send.
final class TickerTransform: StreamTransform {
    private let symbol: String
    private var values = [String?](repeating: nil, count: TickerField.allCases.count)
    private var hasSnapshot = false
    /// Reused between frames: the fields of the frame that is being read.
    private var incoming: [(TickerField, String)] = []
    private var scratch = JSONBytes()

    init(symbol: String) {
        self.symbol = symbol
    }

    func reset() { hasSnapshot = false }

    func apply(
        _ frame: BybitDataFrame,
        to messages: inout [TransformedMessage]
    ) throws(JSONError) -> TransformOutcome {
        guard frame.isSnapshot || hasSnapshot else { return .beforeSnapshot }
        incoming.removeAll(keepingCapacity: true)
        var cursor = frame.data
        var hasSymbol = false
        try cursor.object { (key, cursor) throws(JSONError) in
            if let field = TickerField(key) {
                let value = field == .tickDirection ? try cursor.plainString() : try cursor.decimalString()
                incoming.append((field, value))
            } else if key.equals("symbol") {
                guard try cursor.plainString() == symbol else { throw JSONError(.wrongType, at: cursor.position) }
                hasSymbol = true
            } else {
                try cursor.skip()
            }
        }
        guard hasSymbol else { throw JSONError(.missingField, at: cursor.position) }
        if frame.isSnapshot {
            guard incoming.contains(where: { $0.0 == .lastPrice }) else {
                throw JSONError(.missingField, at: cursor.position)
            }
            for index in values.indices { values[index] = nil }
        }
        for (field, value) in incoming { values[field.rawValue] = value }
        hasSnapshot = true
        messages.append(TransformedMessage(kind: frame.isSnapshot ? .snapshot : .update, data: makeData()))
        return .applied
    }

    private func makeData() -> ByteBuffer {
        // Taken out of the property while it is written to, so that the writes need no run-time check of access.
        var json = scratch
        scratch = JSONBytes(capacity: 0)
        defer { scratch = json }
        json.removeAll()
        json.raw("{\"symbol\":\"")
        json.raw(symbol)
        json.raw("\"")
        let values = values
        for field in TickerField.allCases {
            guard let value = values[field.rawValue] else { continue }
            switch field {
            case .bid1Size, .ask1Size: break
            case .bid1Price: Self.write(field.name, price: value, size: values[TickerField.bid1Size.rawValue], &json)
            case .ask1Price: Self.write(field.name, price: value, size: values[TickerField.ask1Size.rawValue], &json)
            case .price24hPcnt: Self.write(field.name, Percentage.text(ofRatio: value), &json)
            default: Self.write(field.name, value, &json)
            }
        }
        json.raw("}")
        return json.makeBuffer()
    }

    /// `name` is the key with what stands around it: `,"price":`.
    private static func write(_ name: StaticString, _ value: String, _ json: inout JSONBytes) {
        json.raw(name)
        json.raw("\"")
        json.raw(value)
        json.raw("\"")
    }

    private static func write(_ name: StaticString, price: String, size: String?, _ json: inout JSONBytes) {
        json.raw(name)
        json.raw("{\"price\":\"")
        json.raw(price)
        if let size {
            json.raw("\",\"size\":\"")
            json.raw(size)
        }
        json.raw("\"}")
    }
}
