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
        var open: UnsafeRawBufferPointer?
        var high: UnsafeRawBufferPointer?
        var low: UnsafeRawBufferPointer?
        var close: UnsafeRawBufferPointer?
        var volume: UnsafeRawBufferPointer?
        var turnover: UnsafeRawBufferPointer?
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("start") {
                start = try cursor.integer()
            } else if key.equals("end") {
                end = try cursor.integer()
            } else if key.equals("confirm") {
                confirm = try cursor.bool()
            } else if key.equals("open") {
                open = try cursor.nonEmptyDecimalBytes()
            } else if key.equals("high") {
                high = try cursor.nonEmptyDecimalBytes()
            } else if key.equals("low") {
                low = try cursor.nonEmptyDecimalBytes()
            } else if key.equals("close") {
                close = try cursor.nonEmptyDecimalBytes()
            } else if key.equals("volume") {
                volume = try cursor.nonEmptyDecimalBytes()
            } else if key.equals("turnover") {
                turnover = try cursor.nonEmptyDecimalBytes()
            } else if key.equals("interval") {
                guard try cursor.plainString() == interval.bybit else {
                    throw JSONError(.wrongType, at: cursor.position)
                }
            } else {
                try cursor.skip()
            }
        }
        var json = JSONBytes(capacity: 320)
        json.raw("{\"symbol\":\"")
        json.raw(symbol)
        json.raw("\",\"interval\":\"")
        json.raw(interval.rawValue)
        json.raw("\",\"openTime\":")
        json.decimal(try cursor.require(start))
        json.raw(",\"closeTime\":")
        json.decimal(try cursor.require(end))
        let prices: [(StaticString, UnsafeRawBufferPointer?)] = [
            ("open", open), ("high", high), ("low", low), ("close", close), ("volume", volume), ("turnover", turnover),
        ]
        for (name, value) in prices {
            json.raw(",\"")
            json.raw(name)
            json.raw("\":\"")
            json.raw(try cursor.require(value))
            json.raw("\"")
        }
        json.raw(try cursor.require(confirm) ? ",\"confirmed\":true}" : ",\"confirmed\":false}")
        return json.makeBuffer()
    }
}
