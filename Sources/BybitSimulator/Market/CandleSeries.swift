/// The current candle of one interval of one symbol, built from trades. Holds one candle, no history.
package struct CandleSeries: Sendable {
    package let interval: KlineInterval
    package private(set) var current: Candle

    package init(interval: KlineInterval, time: Int64, price: Int) {
        self.interval = interval
        current = Self.candle(interval, containing: time, price: price)
    }

    /// Moves to the candle that `time` belongs to and returns the one that closed, if any. After a pause of several
    /// intervals only the candle that was open is closed: nothing was traded in those between.
    package mutating func roll(to time: Int64) -> Candle? {
        guard time > current.end else { return nil }
        let closed = current
        current = Self.candle(interval, containing: time, price: closed.close)
        return closed
    }

    package mutating func add(_ trade: Trade, in instrument: Instrument) {
        current.close = trade.price
        current.high = max(current.high, trade.price)
        current.low = min(current.low, trade.price)
        current.volume += trade.size
        current.turnover += trade.size * instrument.price(trade.price)
    }

    private static func candle(_ interval: KlineInterval, containing time: Int64, price: Int) -> Candle {
        let start = interval.start(containing: time)
        return Candle(start: start, end: interval.next(after: start) - 1, price: price)
    }
}
