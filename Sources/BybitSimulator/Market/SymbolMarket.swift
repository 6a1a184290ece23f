/// One symbol's whole market: a seeded random walk that moves a real order book by orders and trades.
///
/// Pure: it knows no clock and no network; the same seed and the same steps give the same market. Its owner keeps it on
/// the simulator's loop. Bounded by `depth`, which says how many levels a side is kept at.
package struct SymbolMarket: Sendable {
    package let instrument: Instrument
    package internal(set) var book = OrderBook()
    /// What the last step traded and liquidated; the next step starts them anew.
    package internal(set) var trades: [Trade] = []
    package internal(set) var liquidations: [Liquidation] = []
    package internal(set) var statistics: MarketStatistics
    /// The matching engine's counter: rises with every step, not by ones.
    package internal(set) var sequence: Int
    /// The time of the last step, in milliseconds.
    package internal(set) var time: Int64

    var generator: SplitMix64
    var lastDirection = TickDirection.zeroPlus
    private var depth: Int

    /// Levels kept beyond what the deepest view shows, so that a sweep doesn't leave it short.
    private static let reserve = 30

    package init(instrument: Instrument, seed: UInt64, depth: Int, time: Int64) {
        self.instrument = instrument
        self.time = time
        self.depth = depth
        var generator = SplitMix64(seed: seed)
        sequence = 400_000_000_000 + generator.below(400_000_000_000)
        statistics = MarketStatistics(instrument: instrument, time: time, using: &generator)
        self.generator = generator
        rebuildBook()
    }

    package var lastPrice: Int { statistics.lastPrice }

    /// Keeps at least `depth` levels a side from now on. The near levels are not touched.
    package mutating func deepen(to depth: Int) {
        guard depth > self.depth else { return }
        self.depth = depth
        extend(\.bids)
        extend(\.asks)
    }

    /// Moves the market on. `effort` is about how many order events happen; the caller scales it with the time passed.
    package mutating func step(effort: Int, at time: Int64) {
        self.time = time
        trades.removeAll(keepingCapacity: true)
        liquidations.removeAll(keepingCapacity: true)
        sequence += 1 + generator.below(150)
        for _ in 0..<(effort / 2 + generator.below(effort + 1)) {
            event()
        }
        // The best quotes change with nearly every whole step, as the recorded tickers do: few ticks are skipped.
        if generator.chance(effort * 29, in: 300) {
            let side: WritableKeyPath<OrderBook, BookSide> = generator.chance(1, in: 2) ? \.bids : \.asks
            book[keyPath: side].resize(at: 0, to: randomSize())
        }
        if generator.chance(effort, in: 250) { liquidate() }
        tighten()
        extend(\.bids)
        extend(\.asks)
        statistics.advance(market: book, effort: effort, at: time, using: &generator)
    }

    /// All levels anew around the last price, as after a restart of the exchange's matching engine.
    package mutating func rebuildBook() {
        book = OrderBook()
        let middle = statistics.lastPrice
        sequence += 1
        book.bids.append(BookLevel(price: middle, size: randomSize()))
        book.asks.append(BookLevel(price: middle + 1, size: randomSize()))
        extend(\.bids)
        extend(\.asks)
    }

    private mutating func extend(_ side: WritableKeyPath<OrderBook, BookSide>) {
        let target = depth + Self.reserve
        if book[keyPath: side].count > target + 2 * Self.reserve { book[keyPath: side].trim(to: target) }
        while book[keyPath: side].count < target, let last = book[keyPath: side].levels.last {
            let price = book[keyPath: side].price(1 + generator.below(3), behind: last.price)
            guard price > 0 else { return }
            book[keyPath: side].append(BookLevel(price: price, size: randomSize()))
        }
    }
}
