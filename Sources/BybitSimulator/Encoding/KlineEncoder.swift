import Core
import NIOCore

/// `kline` frames: one candle each, always of type snapshot.
struct KlineEncoder {
    let topic: Topic
    let interval: KlineInterval
    let instrument: Instrument

    func frame(_ candle: Candle, confirmed: Bool, time: Int64) -> ByteBuffer {
        var json = JSONWriter(capacity: 380)
        json.raw("{\"topic\":\"")
        json.raw(text: topic.name)
        json.raw("\",\"data\":[{\"start\":")
        json.decimal(candle.start)
        json.raw(",\"end\":")
        json.decimal(candle.end)
        json.raw(",\"interval\":\"")
        json.raw(text: interval.rawValue)
        json.raw("\",\"open\":\"")
        json.trimmedPrice(candle.open, of: instrument)
        json.raw("\",\"close\":\"")
        json.trimmedPrice(candle.close, of: instrument)
        json.raw("\",\"high\":\"")
        json.trimmedPrice(candle.high, of: instrument)
        json.raw("\",\"low\":\"")
        json.trimmedPrice(candle.low, of: instrument)
        json.raw("\",\"volume\":\"")
        json.trimmed(candle.volume, scale: instrument.sizeScale)
        json.raw("\",\"turnover\":\"")
        json.trimmed(candle.turnover, scale: instrument.priceScale + instrument.sizeScale)
        json.raw(confirmed ? "\",\"confirm\":true" : "\",\"confirm\":false")
        json.raw(",\"timestamp\":")
        json.decimal(time)
        json.raw("}],\"ts\":")
        json.decimal(time)
        json.raw(",\"type\":\"snapshot\"}")
        return json.finish()
    }
}
