import Core

/// The streams of Bybit's public linear feed, and the private ones that are to come: the only place beside the feed that knows
/// their kinds.
package struct BybitCatalog: StreamCatalog {
    private let instruments: Instruments?

    /// - Parameter instruments: By which a symbol that the exchange does not have is refused; nil: any may exist.
    package init(instruments: Instruments? = nil) {
        self.instruments = instruments
    }

    package var typeNames: [String] { BybitStream.typeNames }

    package var patterns: [StreamPattern] { BybitStream.patterns }

    package func resolve(_ spelling: String, in dialect: DialectID) throws(StreamNameError) -> StreamDescriptor {
        try BybitStream(spelling, in: dialect).descriptor
    }

    package func resolve(symbol: String, of exchange: String) throws(StreamNameError) -> StreamDescriptor {
        try BybitStream(exchange: exchange, symbol: symbol).descriptor
    }

    package func descriptor(of name: StreamName) -> StreamDescriptor? { BybitStream(name)?.descriptor }

    package func absence(of stream: StreamDescriptor) async -> StreamAbsence? {
        guard let instruments, let source = BybitStream(stream.name), source.kind != .orders else { return nil }
        return await instruments.absence(of: source.subject)
    }
}

extension BybitStream {
    package var descriptor: StreamDescriptor {
        StreamDescriptor(
            name: name,
            deliveryClass: deliveryClass,
            access: kind == .orders ? .owner(subject) : .everybody,
            conflationKey: conflationKey,
            presentation: self,
            pair: kind == .orders ? nil : subject
        )
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

    /// Each candle is an object of its own: the next does not replace its close.
    private var conflationKey: ConflationKey? {
        if case .kline = kind { ConflationKey(field: "openTime") } else { nil }
    }
}
