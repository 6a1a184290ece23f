import NIOCore

/// `tickers`: a snapshot, then deltas of what changed; no frame when nothing did.
final class TickerPublisher: TopicPublisher {
    /// One market step: 100 ms at the default rate.
    let cadence = 10

    private let encoder: TickerEncoder
    private var state: TickerState
    private var sequence: Int

    init(topic: Topic, market: SymbolMarket) {
        encoder = TickerEncoder(topic: topic)
        state = TickerState(market)
        sequence = market.sequence
    }

    func resume(_ market: SymbolMarket) {
        state = TickerState(market)
        sequence = market.sequence
    }

    func snapshot(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] {
        [encoder.snapshot(state, sequence: sequence, time: time)]
    }

    func update(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] {
        let present = TickerState(market)
        let changes = present.changes(since: state)
        guard !changes.isEmpty else { return [] }
        state = present
        sequence = market.sequence
        return [encoder.delta(present, fields: changes, sequence: sequence, time: time)]
    }
}
