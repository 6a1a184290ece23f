/// The spellings of PROTOCOL's table: what each dialect accepts, and what its data frames carry.
extension StreamName {
    /// The canonical name (`kline.1h.BTCUSDT`).
    package init(canonical text: String) throws(StreamNameError) {
        try self.init(parts: text.split(separator: ".", omittingEmptySubsequences: false), of: text)
    }

    /// `ticker:BTCUSDT`, `tickers.BTCUSDT`, `kline:1h:BTCUSDT`, `depth:BTCUSDT`, `depth:200:BTCUSDT`, canonical names.
    package init(op text: String) throws(StreamNameError) {
        let separator: Character = text.contains(":") ? ":" : "."
        var parts = text.split(separator: separator, omittingEmptySubsequences: false)
        if parts.first == "tickers" { parts[0] = "ticker" }
        try self.init(parts: parts, of: text)
    }

    /// `ticker.btc_usdt`, `trades.btc_usdt`, `kline.1h.btc_usdt`, `orders.user123`, canonical names.
    package init(action text: String) throws(StreamNameError) {
        var parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if parts.first == "trades" { parts[0] = "trade" }
        if parts.count > 1, parts[0] != "orders", let last = parts.last, !TradingSymbol.isValid(last),
            let symbol = TradingSymbol.fromPair(last)
        {
            parts[parts.count - 1] = symbol[...]
        }
        try self.init(parts: parts, of: text)
    }

    /// `{"exchange":"bybit","symbol":"BTCUSDT"}`: that symbol's ticker.
    package init(exchange: String, symbol: String) throws(StreamNameError) {
        guard exchange.lowercased() == "bybit" else { throw .exchange(exchange) }
        guard symbol != "*", !symbol.isEmpty else { throw .wildcard }
        try self.init(.ticker, symbol: symbol)
    }

    /// What stands in `stream` of an `op` data frame behind the brand: `futures.kline.1h.BTCUSDT`.
    package var opSuffix: String {
        kind == .depth(Self.defaultDepth) ? "futures.depth.\(subject)" : "futures.\(canonical)"
    }

    /// What stands in `stream` of an `action` data frame: `kline.1h.btc_usdt`.
    package var actionSpelling: String {
        let pair = TradingSymbol.pair(of: subject)
        return switch kind {
        case .ticker: "ticker.\(pair)"
        case .kline(let interval): "kline.\(interval.rawValue).\(pair)"
        case .trade: "trades.\(pair)"
        case .depth(Self.defaultDepth): "depth.\(pair)"
        case .depth(let levels): "depth.\(levels).\(pair)"
        case .liquidation: "liquidation.\(pair)"
        case .orders: canonical
        }
    }

    private init(parts: [Substring], of text: String) throws(StreamNameError) {
        guard parts.count > 1, let type = parts.first, let last = parts.last, !type.isEmpty else { throw .format(text) }
        if type == "orders" {
            guard parts.count == 2, Self.isValidOwner(last) else { throw .format(text) }
            self.init(checked: .orders, String(last))
            return
        }
        guard Kind.typeNames.contains(String(type)) else { throw .unknownType(String(type)) }
        guard !last.isEmpty, !last.contains("*") else { throw .wildcard }
        let kind = try Self.kind(type: type, options: parts[1..<parts.count - 1], of: text)
        try self.init(kind, symbol: String(last))
    }

    /// The kind named by a type word and what stands between it and the symbol.
    private static func kind(
        type: Substring,
        options: ArraySlice<Substring>,
        of text: String
    ) throws(StreamNameError) -> Kind {
        switch (type, options.count) {
        case ("ticker", 0): return .ticker
        case ("trade", 0): return .trade
        case ("liquidation", 0): return .liquidation
        case ("depth", 0): return .depth(defaultDepth)
        case ("depth", 1):
            let word = options[options.startIndex]
            guard let levels = depths.first(where: { String($0) == word }) else { throw .depth(String(word)) }
            return .depth(levels)
        case ("kline", 1):
            let word = String(options[options.startIndex])
            guard let interval = KlineInterval(rawValue: word) else { throw .interval(word) }
            return .kline(interval)
        default: throw .format(text)
        }
    }
}
