import NIOCore

/// `kline` frames: one candle each, always of type snapshot.
struct KlineEncoder {
    let topic: Topic
    let interval: KlineInterval
    let instrument: Instrument

    func frame(_ candle: Candle, confirmed: Bool, time: Int64) -> ByteBuffer {
        var writer = FrameWriter(capacity: 380)
        writer.literal("{\"topic\":\"")
        writer.text(topic.name)
        writer.literal("\",\"data\":[{\"start\":")
        writer.number(candle.start)
        writer.literal(",\"end\":")
        writer.number(candle.end)
        writer.literal(",\"interval\":\"")
        writer.text(interval.rawValue)
        writer.literal("\",\"open\":\"")
        writer.trimmedPrice(candle.open, of: instrument)
        writer.literal("\",\"close\":\"")
        writer.trimmedPrice(candle.close, of: instrument)
        writer.literal("\",\"high\":\"")
        writer.trimmedPrice(candle.high, of: instrument)
        writer.literal("\",\"low\":\"")
        writer.trimmedPrice(candle.low, of: instrument)
        writer.literal("\",\"volume\":\"")
        writer.trimmed(candle.volume, scale: instrument.sizeScale)
        writer.literal("\",\"turnover\":\"")
        writer.trimmed(candle.turnover, scale: instrument.priceScale + instrument.sizeScale)
        writer.literal(confirmed ? "\",\"confirm\":true" : "\",\"confirm\":false")
        writer.literal(",\"timestamp\":")
        writer.number(time)
        writer.literal("}],\"ts\":")
        writer.number(time)
        writer.literal(",\"type\":\"snapshot\"}")
        return writer.buffer
    }
}
