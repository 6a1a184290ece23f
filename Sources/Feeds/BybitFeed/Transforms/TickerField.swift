import Core

/// The fields of the exchange's ticker that clients get, in the order in which they are written.
enum TickerField: Int, CaseIterable {
    case lastPrice, markPrice, indexPrice, highPrice24h, lowPrice24h, prevPrice24h, volume24h, turnover24h
    case price24hPcnt, tickDirection, bid1Price, bid1Size, ask1Price, ask1Size
    case openInterest, openInterestValue, fundingRate, nextFundingTime

    private static let byLength: [[(name: StaticString, field: TickerField)]] = {
        let names: [(StaticString, TickerField)] = [
            ("lastPrice", .lastPrice), ("markPrice", .markPrice), ("indexPrice", .indexPrice),
            ("highPrice24h", .highPrice24h), ("lowPrice24h", .lowPrice24h), ("prevPrice24h", .prevPrice24h),
            ("volume24h", .volume24h), ("turnover24h", .turnover24h), ("price24hPcnt", .price24hPcnt),
            ("tickDirection", .tickDirection), ("bid1Price", .bid1Price), ("bid1Size", .bid1Size),
            ("ask1Price", .ask1Price), ("ask1Size", .ask1Size), ("openInterest", .openInterest),
            ("openInterestValue", .openInterestValue), ("fundingRate", .fundingRate),
            ("nextFundingTime", .nextFundingTime),
        ]
        let longest = names.map(\.0.utf8CodeUnitCount).max() ?? 0
        return (0...longest).map { length in names.filter { $0.0.utf8CodeUnitCount == length } }
    }()

    /// The field that a key of the exchange names; nil for those that clients don't get.
    init?(_ key: JSONToken) {
        guard key.bytes.count < Self.byLength.count,
            let match = Self.byLength[key.bytes.count].first(where: { key.equals($0.name) })
        else { return nil }
        self = match.field
    }

    /// The price of a quote; its size is the next field.
    var isPrice: Bool { self == .bid1Price || self == .ask1Price }

    var isSize: Bool { self == .bid1Size || self == .ask1Size }

    /// What stands in front of the value: the key that clients get, and a quote.
    var opening: StaticString {
        switch self {
        case .lastPrice: ",\"price\":\""
        case .markPrice: ",\"markPrice\":\""
        case .indexPrice: ",\"indexPrice\":\""
        case .highPrice24h: ",\"high24h\":\""
        case .lowPrice24h: ",\"low24h\":\""
        case .prevPrice24h: ",\"prevPrice24h\":\""
        case .volume24h: ",\"volume24h\":\""
        case .turnover24h: ",\"turnover24h\":\""
        case .price24hPcnt: ",\"change24hPercent\":\""
        case .tickDirection: ",\"tickDirection\":\""
        case .bid1Price: ",\"bid\":{\"price\":\""
        case .ask1Price: ",\"ask\":{\"price\":\""
        case .bid1Size, .ask1Size: ",\"size\":\""
        case .openInterest: ",\"openInterest\":\""
        case .openInterestValue: ",\"openInterestValue\":\""
        case .fundingRate: ",\"fundingRate\":\""
        case .nextFundingTime: ",\"nextFundingTime\":\""
        }
    }
}
