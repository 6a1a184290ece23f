import Core

/// A stream of the exchange: its kind, and the symbol, or of a private stream its owner.
package struct BybitStream: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case ticker
        case kline(KlineInterval)
        case trade
        case depth(Int)
        case liquidation
        case orders
    }

    /// What a client may ask for by type, in the order in which an error lists them.
    static let typeNames = ["depth", "kline", "liquidation", "ticker", "trade"]
    /// Order-book depths that the exchange publishes for linear contracts.
    package static let depths = [1, 50, 200, 1000]
    /// The depth that `depth:BTCUSDT` means.
    package static let defaultDepth = 50

    /// Of the canonical names of all kinds. That a symbol is one, they don't say.
    static let patterns: [StreamPattern] = {
        let kinds = ["ticker", "trade", "liquidation", "orders"]
        let books = depths.map { "depth.\($0)" }
        let candles = KlineInterval.allCases.map { "kline.\($0.rawValue)" }
        return (kinds + books + candles).compactMap { try? StreamPattern("\($0).{word}") }
    }()

    package let kind: Kind
    /// The symbol, or of a private stream its owner's id.
    package let subject: String
    package let name: StreamName

    package init(_ kind: Kind, symbol: String) throws(StreamNameError) {
        guard TradingSymbol.isValid(symbol[...]) else { throw .symbol(symbol) }
        try self.init(kind, subject: symbol)
    }

    /// Nil where the exchange has no such kind of stream.
    package init?(_ name: StreamName) {
        let parts = name.canonical.split(separator: ".", omittingEmptySubsequences: false)
        guard let stream = try? BybitStream(parts: parts, of: name.canonical) else { return nil }
        self = stream
    }

    private init(_ kind: Kind, subject: String) throws(StreamNameError) {
        self.kind = kind
        self.subject = subject
        name =
            switch kind {
            case .ticker: try StreamName(canonical: "ticker.\(subject)")
            case .kline(let interval): try StreamName(canonical: "kline.\(interval.rawValue).\(subject)")
            case .trade: try StreamName(canonical: "trade.\(subject)")
            case .depth(let levels): try StreamName(canonical: "depth.\(levels).\(subject)")
            case .liquidation: try StreamName(canonical: "liquidation.\(subject)")
            case .orders: try StreamName(canonical: "orders.\(subject)")
            }
    }

    /// - Parameter text: What the client wrote, for errors.
    init(parts: [Substring], of text: String) throws(StreamNameError) {
        guard parts.count > 1, let type = parts.first, let last = parts.last, !type.isEmpty else { throw .format(text) }
        if type == "orders" {
            guard parts.count == 2, last.utf8.count <= 64, StreamName.isPart(last) else { throw .format(text) }
            try self.init(.orders, subject: String(last))
            return
        }
        guard Self.typeNames.contains(String(type)) else {
            throw .unknownType(String(type), expected: Self.typeNames)
        }
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
