import NIOCore

/// `kline`: the current candle now and then, and each closing exactly once, as soon as the clock passes its end.
final class KlinePublisher: TopicPublisher {
    /// One second at the default rate.
    let cadence = 100

    private let encoder: KlineEncoder
    private var series: CandleSeries
    private var closed: Candle?

    init(topic: Topic, interval: KlineInterval, market: SymbolMarket) {
        encoder = KlineEncoder(topic: topic, interval: interval, instrument: market.instrument)
        series = CandleSeries(interval: interval, time: market.time, price: market.lastPrice)
    }

    var isUrgent: Bool { closed != nil }
    var deadline: Int64? { series.current.end + 1 }

    func observe(_ market: SymbolMarket) {
        // Before the step's trades: they happened after the candle's end.
        if let closed = series.roll(to: market.time) { self.closed = closed }
        for trade in market.trades { series.add(trade, in: market.instrument) }
    }

    func resume(_ market: SymbolMarket) {
        _ = series.roll(to: market.time)
        closed = nil
    }

    func snapshot(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] {
        [encoder.frame(series.current, confirmed: false, time: time)]
    }

    func update(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] {
        var frames: [ByteBuffer] = []
        if let closed {
            frames.append(encoder.frame(closed, confirmed: true, time: time))
            self.closed = nil
        }
        frames.append(encoder.frame(series.current, confirmed: false, time: time))
        return frames
    }
}
