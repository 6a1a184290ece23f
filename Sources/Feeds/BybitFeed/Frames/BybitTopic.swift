import Core

/// A Bybit V5 topic and the stream that its frames become.
package struct BybitTopic: Hashable, Sendable {
    package let name: String
    package let stream: StreamName

    /// Nil where the exchange's public feed has no such stream.
    package init?(_ stream: StreamName) {
        self.stream = stream
        switch stream.kind {
        case .ticker: name = "tickers.\(stream.subject)"
        case .kline(let interval): name = "kline.\(interval.bybit).\(stream.subject)"
        case .trade: name = "publicTrade.\(stream.subject)"
        case .depth(let levels): name = "orderbook.\(levels).\(stream.subject)"
        case .liquidation: name = "allLiquidation.\(stream.subject)"
        case .orders: return nil
        }
    }

    /// True for topics that speak all the time while the exchange is well: silence of these means that something is
    /// wrong.
    package var speaksSteadily: Bool {
        switch stream.kind {
        case .ticker, .depth: true
        case .kline, .trade, .liquidation, .orders: false
        }
    }
}
