import NIOCore
import Shared

/// Candles: each frame holds the whole state of the candle that is open, or of the one that has just closed.
final class KlineTransform: StreamTransform {
    private let symbol: String
    private let interval: KlineInterval
    private var hasState = false

    init(symbol: String, interval: KlineInterval) {
        self.symbol = symbol
        self.interval = interval
    }

    func reset() { hasState = false }

    func apply(
        _ frame: BybitDataFrame,
        to messages: inout [TransformedMessage]
    ) throws(JSONError) -> TransformOutcome {
        var candles: [ByteBuffer] = []
        var cursor = frame.data
        try cursor.array { (cursor) throws(JSONError) in candles.append(try candle(&cursor)) }
        for data in candles {
            messages.append(TransformedMessage(kind: hasState ? .update : .snapshot, data: data))
            hasState = true
        }
        return .applied
    }

    private func candle(_ cursor: inout JSONCursor) throws(JSONError) -> ByteBuffer {
        var start: Int64?
        var end: Int64?
        var confirm: Bool?
        var open: String?
        var high: String?
        var low: String?
        var close: String?
        var volume: String?
        var turnover: String?
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("start") {
                start = try cursor.integer()
            } else if key.equals("end") {
                end = try cursor.integer()
            } else if key.equals("confirm") {
                confirm = try cursor.bool()
            } else if key.equals("open") {
                open = try cursor.nonEmptyDecimalString()
            } else if key.equals("high") {
                high = try cursor.nonEmptyDecimalString()
            } else if key.equals("low") {
                low = try cursor.nonEmptyDecimalString()
            } else if key.equals("close") {
                close = try cursor.nonEmptyDecimalString()
            } else if key.equals("volume") {
                volume = try cursor.nonEmptyDecimalString()
            } else if key.equals("turnover") {
                turnover = try cursor.nonEmptyDecimalString()
            } else if key.equals("interval") {
                guard try cursor.plainString() == interval.bybit else {
                    throw JSONError(.wrongType, at: cursor.position)
                }
            } else {
                try cursor.skip()
            }
        }
        var buffer = ByteBufferAllocator().buffer(capacity: 320)
        buffer.writeStaticString("{\"symbol\":\"")
        buffer.writeString(symbol)
        buffer.writeStaticString("\",\"interval\":\"")
        buffer.writeString(interval.rawValue)
        buffer.writeStaticString("\",\"openTime\":")
        buffer.writeDecimal(try cursor.require(start))
        buffer.writeStaticString(",\"closeTime\":")
        buffer.writeDecimal(try cursor.require(end))
        let prices: [(StaticString, String?)] = [
            ("open", open), ("high", high), ("low", low), ("close", close), ("volume", volume), ("turnover", turnover),
        ]
        for (name, value) in prices {
            buffer.writeStaticString(",\"")
            buffer.writeStaticString(name)
            buffer.writeStaticString("\":\"")
            buffer.writeString(try cursor.require(value))
            buffer.writeStaticString("\"")
        }
        buffer.writeStaticString(try cursor.require(confirm) ? ",\"confirmed\":true}" : ",\"confirmed\":false}")
        return buffer
    }
}
