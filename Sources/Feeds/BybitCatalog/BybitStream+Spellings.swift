import Core

/// The spellings of PROTOCOL's table: what each dialect accepts, and what its data frames carry.
extension BybitStream {
    /// In a dialect that has no spellings of its own for the exchange's streams: by the canonical name.
    package init(_ text: String, in dialect: DialectID) throws(StreamNameError) {
        switch dialect {
        case .op, .guide: try self.init(op: text)
        case .action: try self.init(action: text)
        default: try self.init(parts: text.split(separator: ".", omittingEmptySubsequences: false), of: text)
        }
    }

    /// `{"exchange":"bybit","symbol":"BTCUSDT"}`: that symbol's ticker.
    package init(exchange: String, symbol: String) throws(StreamNameError) {
        guard exchange.lowercased() == "bybit" else { throw .exchange(exchange) }
        guard symbol != "*", !symbol.isEmpty else { throw .wildcard }
        try self.init(.ticker, symbol: symbol)
    }

    /// `ticker:BTCUSDT`, `tickers.BTCUSDT`, `kline:1h:BTCUSDT`, `depth:BTCUSDT`, `depth:200:BTCUSDT`, canonical names.
    private init(op text: String) throws(StreamNameError) {
        let separator: Character = text.contains(":") ? ":" : "."
        var parts = text.split(separator: separator, omittingEmptySubsequences: false)
        if parts.first == "tickers" { parts[0] = "ticker" }
        try self.init(parts: parts, of: text)
    }

    /// `ticker.btc_usdt`, `trades.btc_usdt`, `kline.1h.btc_usdt`, `orders.user123`, canonical names.
    private init(action text: String) throws(StreamNameError) {
        var parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if parts.first == "trades" { parts[0] = "trade" }
        if parts.count > 1, parts[0] != "orders", let last = parts.last, !TradingSymbol.isValid(last),
            let symbol = TradingSymbol.fromPair(last)
        {
            parts[parts.count - 1] = symbol[...]
        }
        try self.init(parts: parts, of: text)
    }
}

extension BybitStream: Presentation {
    package var source: String { "bybit" }

    package func name(in dialect: DialectID) -> String {
        switch dialect {
        case .op: kind == .depth(Self.defaultDepth) ? "futures.depth.\(subject)" : "futures.\(name)"
        case .action: actionSpelling
        default: name.canonical
        }
    }

    private var actionSpelling: String {
        let pair = TradingSymbol.pair(of: subject)
        return switch kind {
        case .ticker: "ticker.\(pair)"
        case .kline(let interval): "kline.\(interval.rawValue).\(pair)"
        case .trade: "trades.\(pair)"
        case .depth(Self.defaultDepth): "depth.\(pair)"
        case .depth(let levels): "depth.\(levels).\(pair)"
        case .liquidation: "liquidation.\(pair)"
        case .orders: name.canonical
        }
    }
}
