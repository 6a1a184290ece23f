import NIOCore

/// `publicTrade`: what each step traded, at once; no history for those who come late.
final class TradePublisher: TopicPublisher {
    let cadence = 1

    private let encoder: TradeEncoder

    init(topic: Topic, market: SymbolMarket) {
        encoder = TradeEncoder(topic: topic, instrument: market.instrument)
    }

    func snapshot(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] { [] }

    func update(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] {
        encoder.frames(market.trades, time: time)
    }
}
