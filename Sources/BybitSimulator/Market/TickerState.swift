/// All the values that a ticker frame shows, as the whole numbers that its strings are made of.
package struct TickerState: Equatable, Sendable {
    package let instrument: Instrument
    package var direction: TickDirection
    /// In millionths.
    package var change: Int
    package var lastPrice: Int
    package var previousDay: Int
    package var high: Int
    package var low: Int
    package var previousHour: Int
    package var markPrice: Int
    package var indexPrice: Int
    package var openInterest: Int
    package var turnover: Int
    package var volume: Int
    package var nextFunding: Int64
    package var fundingRate: Int
    package var bid: BookLevel
    package var ask: BookLevel

    package init(_ market: SymbolMarket) {
        let statistics = market.statistics
        instrument = market.instrument
        direction = statistics.direction
        lastPrice = statistics.lastPrice
        previousDay = statistics.previousDay
        change = Self.millionths(from: statistics.previousDay, to: statistics.lastPrice)
        high = statistics.high
        low = statistics.low
        previousHour = statistics.previousHour
        markPrice = statistics.markPrice
        indexPrice = statistics.indexPrice
        openInterest = statistics.openInterest
        turnover = statistics.turnover
        volume = statistics.volume
        nextFunding = statistics.nextFunding
        fundingRate = statistics.fundingRate
        bid = market.book.bids.best ?? BookLevel(price: 0, size: 0)
        ask = market.book.asks.best ?? BookLevel(price: 0, size: 0)
    }

    /// The fields a delta carries: what differs from `old`, with the pairs that always travel whole.
    package func changes(since old: TickerState) -> TickerFields {
        var fields: TickerFields = []
        if direction != old.direction { fields.insert(.tickDirection) }
        if lastPrice != old.lastPrice { fields.formUnion([.lastPrice, .change]) }
        if change != old.change { fields.insert(.change) }
        if previousDay != old.previousDay { fields.insert(.previousDay) }
        if high != old.high { fields.insert(.high) }
        if low != old.low { fields.insert(.low) }
        if previousHour != old.previousHour { fields.insert(.previousHour) }
        if markPrice != old.markPrice { fields.formUnion([.markPrice, .openInterestValue]) }
        if indexPrice != old.indexPrice { fields.insert(.indexPrice) }
        if openInterest != old.openInterest { fields.formUnion([.openInterest, .markPrice, .openInterestValue]) }
        if turnover != old.turnover || volume != old.volume { fields.insert(.turnoverAndVolume) }
        if nextFunding != old.nextFunding { fields.insert(.nextFunding) }
        if fundingRate != old.fundingRate { fields.insert(.fundingRate) }
        if bid != old.bid { fields.insert(.bid) }
        if ask != old.ask { fields.insert(.ask) }
        return fields
    }

    private static func millionths(from old: Int, to new: Int) -> Int {
        guard old != 0 else { return 0 }
        return (new - old) * 1_000_000 / old
    }
}
