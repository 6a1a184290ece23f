import NIOCore

/// `allLiquidation`: what was liquidated since the last frame, every half second at the default rate, if anything.
final class LiquidationPublisher: TopicPublisher {
    let cadence = 50

    private let encoder: LiquidationEncoder
    private var pending: [Liquidation] = []

    init(topic: Topic, market: SymbolMarket) {
        encoder = LiquidationEncoder(topic: topic, instrument: market.instrument)
    }

    func observe(_ market: SymbolMarket) {
        pending.append(contentsOf: market.liquidations)
    }

    func resume(_ market: SymbolMarket) {
        pending.removeAll()
    }

    func snapshot(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] { [] }

    func update(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] {
        guard !pending.isEmpty else { return [] }
        defer { pending.removeAll(keepingCapacity: true) }
        return [encoder.frame(pending, time: time)]
    }
}
