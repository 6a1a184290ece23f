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
                incoming.append((field, try value(of: field, &cursor)))
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

    /// Many fields may be empty (dated futures have no funding), the price never.
    private func value(of field: TickerField, _ cursor: inout JSONCursor) throws(JSONError) -> String {
        switch field {
        case .tickDirection: try cursor.plainString()
        case .lastPrice: try cursor.nonEmptyDecimalString()
        default: try cursor.decimalString()
        }
    }

    private func makeData() -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 640)
        buffer.writeStaticString("{\"symbol\":\"")
        buffer.writeString(symbol)
        buffer.writeStaticString("\"")
        write("price", .lastPrice, into: &buffer)
        write("markPrice", .markPrice, into: &buffer)
        write("indexPrice", .indexPrice, into: &buffer)
        write("high24h", .highPrice24h, into: &buffer)
        write("low24h", .lowPrice24h, into: &buffer)
        write("prevPrice24h", .prevPrice24h, into: &buffer)
        write("volume24h", .volume24h, into: &buffer)
        write("turnover24h", .turnover24h, into: &buffer)
        if let ratio = values[TickerField.price24hPcnt.rawValue] {
            write("change24hPercent", Percentage.text(ofRatio: ratio), into: &buffer)
        }
        write("tickDirection", .tickDirection, into: &buffer)
        write("bid", price: .bid1Price, size: .bid1Size, into: &buffer)
        write("ask", price: .ask1Price, size: .ask1Size, into: &buffer)
        write("openInterest", .openInterest, into: &buffer)
        write("openInterestValue", .openInterestValue, into: &buffer)
        write("fundingRate", .fundingRate, into: &buffer)
        write("nextFundingTime", .nextFundingTime, into: &buffer)
        buffer.writeStaticString("}")
        return buffer
    }

    private func write(_ key: StaticString, _ field: TickerField, into buffer: inout ByteBuffer) {
        guard let value = values[field.rawValue] else { return }
        write(key, value, into: &buffer)
    }

    /// Values were checked to need no escaping when they were read.
    private func write(_ key: StaticString, _ value: String, into buffer: inout ByteBuffer) {
        buffer.writeStaticString(",\"")
        buffer.writeStaticString(key)
        buffer.writeStaticString("\":\"")
        buffer.writeString(value)
        buffer.writeStaticString("\"")
    }

    private func write(_ key: StaticString, price: TickerField, size: TickerField, into buffer: inout ByteBuffer) {
        guard let priceText = values[price.rawValue] else { return }
        buffer.writeStaticString(",\"")
        buffer.writeStaticString(key)
        buffer.writeStaticString("\":{\"price\":\"")
        buffer.writeString(priceText)
        buffer.writeStaticString("\"")
        write("size", size, into: &buffer)
        buffer.writeStaticString("}")
    }
}
