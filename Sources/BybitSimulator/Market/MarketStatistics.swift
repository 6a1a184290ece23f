/// What a ticker tells beyond the best prices. Kept exactly: prices in ticks, sizes in lots, money in units of the
/// product of both scales.
package struct MarketStatistics: Sendable {
    package private(set) var lastPrice: Int
    package private(set) var direction = TickDirection.zeroPlus
    package private(set) var previousDay: Int
    package private(set) var previousHour: Int
    package private(set) var high: Int
    package private(set) var low: Int
    package private(set) var markPrice: Int
    package private(set) var indexPrice: Int
    package private(set) var openInterest: Int
    package private(set) var volume: Int
    package private(set) var turnover: Int
    /// In units of 10^-8.
    package private(set) var fundingRate: Int
    package private(set) var nextFunding: Int64

    private let instrument: Instrument
    /// Traded since the day's window last moved; leaves the window again when it moves, so that the sums stay level.
    private var recentVolume = 0
    private var recentTurnover = 0
    private var effortToWindow = 0

    private static let fundingPeriod: Int64 = 8 * 3_600_000
    private static let windowEffort = 2_000

    init(instrument: Instrument, time: Int64, using generator: inout SplitMix64) {
        self.instrument = instrument
        let anchor = instrument.anchorTicks
        lastPrice = anchor
        previousDay = anchor + anchor * (generator.below(61) - 30) / 1_000
        previousHour = anchor + anchor * (generator.below(21) - 10) / 1_000
        high = max(anchor, previousDay) + anchor * generator.below(10) / 1_000
        low = min(anchor, previousDay) - anchor * generator.below(10) / 1_000
        markPrice = anchor
        indexPrice = anchor + anchor / 2_000
        openInterest = instrument.typicalSize * (20_000 + generator.below(40_000))
        volume = instrument.typicalSize * (20_000 + generator.below(20_000))
        turnover = volume * instrument.price(anchor)
        fundingRate = generator.below(20_000) - 8_000
        nextFunding = (time / Self.fundingPeriod + 1) * Self.fundingPeriod
    }

    mutating func add(_ trade: Trade) {
        lastPrice = trade.price
        direction = trade.direction
        high = max(high, trade.price)
        low = min(low, trade.price)
        let money = trade.size * instrument.price(trade.price)
        volume += trade.size
        turnover += money
        recentVolume += trade.size
        recentTurnover += money
    }

    mutating func advance(market book: OrderBook, effort: Int, at time: Int64, using generator: inout SplitMix64) {
        if generator.chance(effort, in: 100), let bid = book.bids.best, let ask = book.asks.best {
            markPrice = generator.chance(1, in: 2) ? bid.price : ask.price
        }
        if generator.chance(effort, in: 40) {
            indexPrice = markPrice + markPrice / 2_000 + generator.below(7) - 3
        }
        if generator.chance(effort, in: 300) {
            openInterest += generator.below(instrument.typicalSize * 2) - instrument.typicalSize
        }
        if generator.chance(effort, in: 6_000) { fundingRate += generator.below(21) - 10 }
        if time >= nextFunding { nextFunding = (time / Self.fundingPeriod + 1) * Self.fundingPeriod }
        effortToWindow += effort
        if effortToWindow >= Self.windowEffort { moveWindow(using: &generator) }
    }

    private mutating func moveWindow(using generator: inout SplitMix64) {
        effortToWindow = 0
        let day = previousDay + generator.below(9) - 4
        previousDay = min(max(day, low), high)
        previousHour += generator.below(9) - 4
        volume -= recentVolume
        turnover -= recentTurnover
        recentVolume = 0
        recentTurnover = 0
    }
}
