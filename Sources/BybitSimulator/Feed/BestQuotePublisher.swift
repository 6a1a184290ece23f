import NIOCore

/// `orderbook.1`: snapshots only, sent again with the same `u` after three seconds without change.
final class BestQuotePublisher: TopicPublisher {
    /// 10 ms at the default rate.
    let cadence = 1

    private static let repetition: Int64 = 3_000

    private let encoder: BookEncoder
    private var view: BookView
    private var update: Int
    private var sequence: Int
    private var engineTime: Int64
    private var lastSent: Int64

    init(topic: Topic, market: SymbolMarket, firstUpdate: Int) {
        encoder = BookEncoder(topic: topic, instrument: market.instrument)
        view = BookView(depth: 1, of: market.book)
        update = firstUpdate
        sequence = market.sequence
        engineTime = market.time
        lastSent = market.time
    }

    var deadline: Int64? { lastSent + Self.repetition }

    func resume(_ market: SymbolMarket) {
        if view.advance(to: market.book) != nil { note(market) }
        lastSent = market.time
    }

    func snapshot(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] {
        let stamp = BookEncoder.Stamp(
            update: update,
            sequence: sequence,
            time: time,
            engineTime: min(engineTime, time)
        )
        return [encoder.bestQuote(bid: view.bids[...], ask: view.asks[...], stamp: stamp)]
    }

    func update(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] {
        if view.advance(to: market.book) != nil {
            note(market)
        } else if time - lastSent < Self.repetition {
            return []
        }
        lastSent = time
        return snapshot(market, at: time)
    }

    func restart(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] {
        view = BookView(depth: 1, of: market.book)
        note(market)
        update = 1
        lastSent = time
        return snapshot(market, at: time)
    }

    private func note(_ market: SymbolMarket) {
        update += 1
        sequence = market.sequence
        engineTime = market.time
    }
}
