import NIOCore

/// `orderbook.{50,200,1000}`: a snapshot, then deltas whose `u` rises by exactly one.
final class BookPublisher: TopicPublisher {
    let cadence: Int

    private let encoder: BookEncoder
    private let depth: Int
    private var view: BookView
    private var update: Int
    /// The engine's sequence and time of the published view, for snapshots of it.
    private var sequence: Int
    private var engineTime: Int64

    init(topic: Topic, depth: Int, market: SymbolMarket, firstUpdate: Int) {
        self.depth = depth
        // 20 ms, 100 ms and 200 ms at the default rate.
        cadence = depth <= 50 ? 2 : depth <= 200 ? 10 : 20
        encoder = BookEncoder(topic: topic, instrument: market.instrument)
        view = BookView(depth: depth, of: market.book)
        update = firstUpdate
        sequence = market.sequence
        engineTime = market.time
    }

    func resume(_ market: SymbolMarket) {
        if view.advance(to: market.book) != nil { note(market) }
    }

    func snapshot(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] {
        [encoder.frame(.snapshot, bids: view.bids, asks: view.asks, stamp: stamp(at: time))]
    }

    func update(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] {
        guard let changes = view.advance(to: market.book) else { return [] }
        note(market)
        return [encoder.frame(.delta, bids: changes.bids, asks: changes.asks, stamp: stamp(at: time))]
    }

    func restart(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] {
        view = BookView(depth: depth, of: market.book)
        note(market)
        update = 1
        return snapshot(market, at: time)
    }

    private func note(_ market: SymbolMarket) {
        update += 1
        sequence = market.sequence
        engineTime = market.time
    }

    private func stamp(at time: Int64) -> BookEncoder.Stamp {
        BookEncoder.Stamp(update: update, sequence: sequence, time: time, engineTime: min(engineTime, time))
    }
}
