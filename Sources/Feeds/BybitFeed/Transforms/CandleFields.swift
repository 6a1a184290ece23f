import BybitCatalog
import Core
import NIOCore

/// The fields of one candle of the exchange, as far as they have been read. Valid only as long as the frame's bytes.
struct CandleFields {
    /// Whether the candle has closed; nil where it did not say, or not yet.
    private(set) var confirm: Bool?
    private var start: Int64?
    private var end: Int64?
    private var open: JSONScalar?
    private var high: JSONScalar?
    private var low: JSONScalar?
    private var close: JSONScalar?
    private var volume: JSONScalar?
    private var turnover: JSONScalar?

    /// Throws where a field can't be read, after all that could be; so that `confirm` is known wherever it was sent.
    mutating func read(_ cursor: inout JSONCursor, of interval: KlineInterval) throws(JSONError) {
        var failure: JSONError?
        try cursor.object { (key, cursor) throws(JSONError) in
            let beginning = cursor
            do throws(JSONError) {
                try readField(key, &cursor, of: interval)
            } catch {
                failure = failure ?? error
                cursor = beginning
                _ = try cursor.uncheckedValue()
            }
        }
        if let failure { throw failure }
    }

    private mutating func readField(
        _ key: JSONToken,
        _ cursor: inout JSONCursor,
        of interval: KlineInterval
    ) throws(JSONError) {
        if key.equals("start") {
            start = try cursor.milliseconds()
        } else if key.equals("end") {
            end = try cursor.milliseconds()
        } else if key.equals("confirm") {
            confirm = try cursor.flag()
        } else if key.equals("open") {
            open = try cursor.nonEmptyDecimal()
        } else if key.equals("high") {
            high = try cursor.nonEmptyDecimal()
        } else if key.equals("low") {
            low = try cursor.nonEmptyDecimal()
        } else if key.equals("close") {
            close = try cursor.nonEmptyDecimal()
        } else if key.equals("volume") {
            volume = try cursor.nonEmptyDecimal()
        } else if key.equals("turnover") {
            turnover = try cursor.nonEmptyDecimal()
        } else if key.equals("interval") {
            guard try cursor.word().text == interval.bybit else { throw JSONError(.wrongType, at: cursor.position) }
        } else {
            try cursor.skip()
        }
    }

    /// What clients get. Throws where a field is missing.
    func data(symbol: String, interval: KlineInterval, at cursor: JSONCursor) throws(JSONError) -> ByteBuffer {
        var json = JSONWriter(capacity: 320)
        json.raw("{\"symbol\":\"")
        json.raw(text: symbol)
        json.raw("\",\"interval\":\"")
        json.raw(text: interval.rawValue)
        json.raw("\",\"openTime\":")
        json.decimal(try cursor.require(start))
        json.raw(",\"closeTime\":")
        json.decimal(try cursor.require(end))
        let prices: [(StaticString, JSONScalar?)] = [
            ("open", open), ("high", high), ("low", low), ("close", close), ("volume", volume), ("turnover", turnover),
        ]
        for (name, value) in prices {
            json.raw(",\"")
            json.raw(name)
            json.raw("\":\"")
            json.scalar(try cursor.require(value))
            json.raw("\"")
        }
        json.raw(try cursor.require(confirm) ? ",\"confirmed\":true}" : ",\"confirmed\":false}")
        return json.finish()
    }
}
