/// One candle: prices in ticks, volume in lots, turnover in units of both scales' product.
package struct Candle: Equatable, Sendable {
    package let start: Int64
    /// The last millisecond that belongs to it: the next start less one.
    package let end: Int64
    package var open: Int
    package var close: Int
    package var high: Int
    package var low: Int
    package var volume = 0
    package var turnover = 0

    package init(start: Int64, end: Int64, price: Int) {
        self.start = start
        self.end = end
        open = price
        close = price
        high = price
        low = price
    }
}
