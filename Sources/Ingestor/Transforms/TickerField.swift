import Shared

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

    /// The key that clients get, with what stands around it.
    var name: StaticString {
        switch self {
        case .lastPrice: ",\"price\":"
        case .markPrice: ",\"markPrice\":"
        case .indexPrice: ",\"indexPrice\":"
        case .highPrice24h: ",\"high24h\":"
        case .lowPrice24h: ",\"low24h\":"
        case .prevPrice24h: ",\"prevPrice24h\":"
        case .volume24h: ",\"volume24h\":"
        case .turnover24h: ",\"turnover24h\":"
        case .price24hPcnt: ",\"change24hPercent\":"
        case .tickDirection: ",\"tickDirection\":"
        // Price and size stand in one object under the price's key.
        case .bid1Price, .bid1Size: ",\"bid\":"
        case .ask1Price, .ask1Size: ",\"ask\":"
        case .openInterest: ",\"openInterest\":"
        case .openInterestValue: ",\"openInterestValue\":"
        case .fundingRate: ",\"fundingRate\":"
        case .nextFundingTime: ",\"nextFundingTime\":"
        }
    }
}
