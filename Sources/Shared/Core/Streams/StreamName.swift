/// The name of one sequence of messages: `ticker.BTCUSDT`, `kline.1h.BTCUSDT`, `trade.BTCUSDT`, `depth.50.BTCUSDT`,
/// `liquidation.BTCUSDT`, `orders.user123`.
///
/// Every spelling of every dialect resolves to one value, so two spellings are one subscription. Only valid names
/// exist: each way to make one checks it. Names are compared and hashed by their canonical text.
package struct StreamName: Sendable {
    package enum Kind: Hashable, Sendable {
        case ticker
        case kline(KlineInterval)
        case trade
        case depth(Int)
        case liquidation
        case orders

        /// What a client may ask for by type, in the order in which an error lists them.
        static let typeNames = ["depth", "kline", "liquidation", "ticker", "trade"]
    }

    /// Order-book depths that the exchange publishes for linear contracts.
    package static let depths = [1, 50, 200, 1000]
    /// The depth that `depth:BTCUSDT` means.
    package static let defaultDepth = 50

    package let kind: Kind
    /// The symbol, or of a private stream its owner's id.
    package let subject: String
    package let canonical: String

    /// `subject` must have been checked: symbols by `TradingSymbol.isValid`, owners by `isValidOwner`.
    init(checked kind: Kind, _ subject: String) {
        self.kind = kind
        self.subject = subject
        self.canonical =
            switch kind {
            case .ticker: "ticker.\(subject)"
            case .kline(let interval): "kline.\(interval.rawValue).\(subject)"
            case .trade: "trade.\(subject)"
            case .depth(let levels): "depth.\(levels).\(subject)"
            case .liquidation: "liquidation.\(subject)"
            case .orders: "orders.\(subject)"
            }
    }

    package init(_ kind: Kind, symbol: String) throws(StreamNameError) {
        guard TradingSymbol.isValid(symbol[...]) else { throw .symbol(symbol) }
        self.init(checked: kind, symbol)
    }

    package var deliveryClass: DeliveryClass {
        switch kind {
        case .ticker, .kline: .latest
        // Depth 1 comes as whole snapshots only.
        case .depth(1): .latest
        case .depth: .delta
        case .trade, .liquidation, .orders: .event
        }
    }

    /// Nil where all states of a `latest` stream are of one object.
    package var conflationKey: ConflationKey? {
        if case .kline = kind { ConflationKey(field: "openTime") } else { nil }
    }

    /// True where only the owner may read it.
    package var isPrivate: Bool { kind == .orders }

    static func isValidOwner(_ owner: Substring) -> Bool {
        (1...64).contains(owner.utf8.count)
            && owner.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension StreamName: Hashable, CustomStringConvertible {
    package static func == (left: Self, right: Self) -> Bool { left.canonical == right.canonical }
    package func hash(into hasher: inout Hasher) { hasher.combine(canonical) }
    package var description: String { canonical }
}
