/// One symbol's market with the topics that somebody subscribed to. Steps only while a topic is active.
///
/// Lives on the simulator's loop. Its clock counts units, tenths of a market step; it moves by the largest number of
/// units that serves its fastest topic, so a symbol with tickers alone makes ten times fewer steps than one with
/// `orderbook.1`.
final class SymbolFeed {
    private(set) var market: SymbolMarket
    /// The monotonic time of the next step.
    var nextDue: Int64 = 0
    /// Units per step.
    private(set) var quantum = 10

    /// In the order of their first subscription, never removed: a book's `u` goes on where it stopped. At most one for
    /// each kind of topic.
    private var streams: [TopicStream] = []
    private var active: [TopicStream] = []
    private var units = 0
    private var updateSeed: SplitMix64

    init(instrument: Instrument, seed: UInt64, time: Int64) {
        market = SymbolMarket(instrument: instrument, seed: seed, depth: 20, time: time)
        updateSeed = SplitMix64(seed: ~seed)
    }

    var isActive: Bool { !active.isEmpty }

    /// The wall time by which a step is needed whatever the cadence: a candle's end, a repeated quote.
    var deadline: Int64 {
        active.reduce(Int64.max) { min($0, $1.deadline ?? .max) }
    }

    func join(_ topic: Topic, sink: any FrameSink, time: Int64) {
        if case .orderBook(let depth) = topic.kind { market.deepen(to: depth) }
        let stream = stream(topic.kind) ?? makeStream(topic)
        stream.join(sink, market: market, units: units, time: time)
        refreshActive()
    }

    func leave(_ topic: Topic, sink: any FrameSink) {
        stream(topic.kind)?.leave(sink)
        refreshActive()
    }

    func resynchronise(_ topic: Topic, sink: any FrameSink, time: Int64) {
        stream(topic.kind)?.resynchronise(sink, market: market, time: time)
    }

    func step(at time: Int64) {
        units += quantum
        // The wall clock may be set back; a market's time never goes back.
        let time = max(time, market.time)
        market.step(effort: quantum, at: time)
        for stream in active { stream.stepped(market, units: units, time: time) }
    }

    func restartBook(at time: Int64) {
        market.rebuildBook()
        for stream in active { stream.restart(market, time: time) }
    }

    private func stream(_ kind: TopicKind) -> TopicStream? {
        streams.first { $0.kind == kind }
    }

    private func refreshActive() {
        active = streams.filter(\.isActive)
        quantum = min(10, active.map(\.fastestNeed).min() ?? 10)
    }

    private func makeStream(_ topic: Topic) -> TopicStream {
        let publisher: any TopicPublisher
        switch topic.kind {
        case .ticker:
            publisher = TickerPublisher(topic: topic, market: market)
        case .trade:
            publisher = TradePublisher(topic: topic, market: market)
        case .liquidation:
            publisher = LiquidationPublisher(topic: topic, market: market)
        case .kline(let interval):
            publisher = KlinePublisher(topic: topic, interval: interval, market: market)
        case .orderBook(depth: 1):
            publisher = BestQuotePublisher(topic: topic, market: market, firstUpdate: firstUpdate())
        case .orderBook(let depth):
            publisher = BookPublisher(topic: topic, depth: depth, market: market, firstUpdate: firstUpdate())
        }
        let stream = TopicStream(kind: topic.kind, publisher: publisher)
        streams.append(stream)
        return stream
    }

    private func firstUpdate() -> Int {
        1_000_000 + updateSeed.below(200_000_000)
    }
}

extension TopicStream {
    /// The steps it asks for, in units. Trades go out with every step but ask for no finer ones.
    fileprivate var fastestNeed: Int {
        if case .trade = kind { return 10 }
        return cadence
    }
}
