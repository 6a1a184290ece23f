import BybitCatalog
import Core

/// A Bybit V5 topic and the stream that its frames become.
package struct BybitTopic: Hashable, Sendable {
    package let name: String
    package let stream: StreamName
    /// What the stream is at the exchange.
    let source: BybitStream

    /// Nil where the exchange's public feed has no such stream.
    package init?(_ stream: StreamName) {
        guard let source = BybitStream(stream) else { return nil }
        self.stream = stream
        self.source = source
        switch source.kind {
        case .ticker: name = "tickers.\(source.subject)"
        case .kline(let interval): name = "kline.\(interval.bybit).\(source.subject)"
        case .trade: name = "publicTrade.\(source.subject)"
        case .depth(let levels): name = "orderbook.\(levels).\(source.subject)"
        case .liquidation: name = "allLiquidation.\(source.subject)"
        case .orders: return nil
        }
    }

    /// True for topics that speak all the time while the exchange is well: silence of these means that something is
    /// wrong.
    package var speaksSteadily: Bool {
        switch source.kind {
        case .ticker, .depth: true
        case .kline, .trade, .liquidation, .orders: false
        }
    }
}
