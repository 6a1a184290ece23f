/// Which of a ticker's changing fields a frame carries. Fields that always travel together are one member.
package struct TickerFields: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let tickDirection = TickerFields(rawValue: 1 << 0)
    package static let change = TickerFields(rawValue: 1 << 1)
    package static let lastPrice = TickerFields(rawValue: 1 << 2)
    package static let previousDay = TickerFields(rawValue: 1 << 3)
    package static let high = TickerFields(rawValue: 1 << 4)
    package static let low = TickerFields(rawValue: 1 << 5)
    package static let previousHour = TickerFields(rawValue: 1 << 6)
    package static let markPrice = TickerFields(rawValue: 1 << 7)
    package static let indexPrice = TickerFields(rawValue: 1 << 8)
    package static let openInterest = TickerFields(rawValue: 1 << 9)
    package static let openInterestValue = TickerFields(rawValue: 1 << 10)
    package static let turnoverAndVolume = TickerFields(rawValue: 1 << 11)
    package static let nextFunding = TickerFields(rawValue: 1 << 12)
    package static let fundingRate = TickerFields(rawValue: 1 << 13)
    package static let bid = TickerFields(rawValue: 1 << 14)
    package static let ask = TickerFields(rawValue: 1 << 15)
}
