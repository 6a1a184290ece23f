/// What a topic of the linear category carries, apart from its symbol.
package enum TopicKind: Hashable, Sendable {
    case ticker
    case kline(KlineInterval)
    case trade
    case orderBook(depth: Int)
    case liquidation

    /// The depths that the exchange still serves; 500 went away in 2025-09.
    package static let depths = [1, 50, 200, 1000]
}
