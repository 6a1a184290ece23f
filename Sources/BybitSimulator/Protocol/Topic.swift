/// A topic name taken apart: `tickers.BTCUSDT`, `kline.5.BTCUSDT`, `orderbook.50.BTCUSDT` and so on.
///
/// Parsing is as strict as the exchange's: another case, depth or interval is no topic at all. Whether the symbol
/// exists is not known here.
package struct Topic: Hashable, Sendable {
    package let name: String
    package let kind: TopicKind
    package let symbol: String

    package init?(_ name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard let symbol = parts.last, !symbol.isEmpty else { return nil }
        switch (parts.count, parts[0]) {
        case (2, "tickers"):
            kind = .ticker
        case (2, "publicTrade"):
            kind = .trade
        case (2, "allLiquidation"):
            kind = .liquidation
        case (3, "kline"):
            guard let interval = KlineInterval(rawValue: String(parts[1])) else { return nil }
            kind = .kline(interval)
        case (3, "orderbook"):
            // Compared as text: "050" is not a depth.
            guard let depth = TopicKind.depths.first(where: { String($0) == parts[1] }) else { return nil }
            kind = .orderBook(depth: depth)
        default:
            return nil
        }
        self.name = name
        self.symbol = String(symbol)
    }
}
