/// The generated market: all symbols, each created when its first topic is subscribed.
///
/// One driver serves all symbols: the owner wakes it every one to ten milliseconds, and the symbols' phases are spread
/// so that their frames don't come in bursts. Lives on the simulator's loop.
final class MarketFeed: Feed {
    private var catalogue: InstrumentCatalogue
    /// Of those that do not just trade.
    private var statuses: [String: ListedInstrument.Status] = [:]
    private let seed: UInt64
    /// Nanoseconds of one unit, a tenth of a market step.
    private let unit: Double

    private var symbols: [Int: SymbolFeed] = [:]
    /// The symbols to step and the smallest quantum among them, made anew when a subscription has changed.
    private var active: [SymbolFeed] = []
    private var finest: Int?
    private var isStale = false
    private var lastWake: Int64 = 0

    private static let shortestWake: Int64 = 1_000_000
    private static let longestWake: Int64 = 10_000_000
    /// Steps made up for after a delay; what is older is skipped, or a slow machine would never catch up.
    private static let maximumCatchUp = 64

    init(catalogue: InstrumentCatalogue, rate: Double, seed: UInt64) {
        self.catalogue = catalogue
        self.seed = seed
        unit = 1e9 / (rate * 10)
    }

    var nextWake: Int64? {
        refreshActive()
        guard let finest else { return nil }
        return lastWake + min(max(interval(of: finest), Self.shortestWake), Self.longestWake)
    }

    /// A contract that is closed is listed, and can't be subscribed any more.
    func isKnown(_ topic: String) -> Bool {
        guard let symbol = Topic(topic)?.symbol else { return false }
        return catalogue.index(of: symbol) != nil && statuses[symbol] != .closed
    }

    var listing: [ListedInstrument] {
        catalogue.instruments.map { ListedInstrument(symbol: $0.symbol, status: statuses[$0.symbol] ?? .trading) }
    }

    func list(_ instrument: ListedInstrument) -> Bool {
        if catalogue.index(of: instrument.symbol) == nil {
            guard catalogue.instruments.count < SimulatorConfiguration.maximumSymbols else { return false }
            catalogue.add(instrument.symbol)
        }
        statuses[instrument.symbol] = instrument.status
        return true
    }

    func join(_ name: String, sink: any FrameSink, at time: FeedTime) {
        guard let topic = Topic(name), let index = catalogue.index(of: topic.symbol) else { return }
        let symbol = symbols[index] ?? makeSymbol(index, time: time)
        if !symbol.isActive {
            let phase = interval(of: symbol.quantum) / 16 * Int64(1 + index % 16)
            symbol.nextDue = time.monotonic + phase
            if finest == nil { lastWake = time.monotonic }
        }
        symbol.join(topic, sink: sink, time: time.wall)
        isStale = true
    }

    func leave(_ name: String, sink: any FrameSink) {
        guard let topic = Topic(name), let index = catalogue.index(of: topic.symbol) else { return }
        symbols[index]?.leave(topic, sink: sink)
        isStale = true
    }

    func resynchronise(_ name: String, sink: any FrameSink, at time: FeedTime) {
        guard let topic = Topic(name), let index = catalogue.index(of: topic.symbol) else { return }
        symbols[index]?.resynchronise(topic, sink: sink, time: time.wall)
    }

    func restartBook(symbol: String?, at time: FeedTime) -> Bool {
        guard let symbol else {
            for feed in symbols.values { feed.restartBook(at: time.wall) }
            return true
        }
        guard let index = catalogue.index(of: symbol) else { return false }
        symbols[index]?.restartBook(at: time.wall)
        return true
    }

    func advance(to time: FeedTime) {
        lastWake = time.monotonic
        refreshActive()
        for symbol in active {
            let interval = interval(of: symbol.quantum)
            var steps = 0
            while symbol.nextDue <= time.monotonic, steps < Self.maximumCatchUp {
                symbol.step(at: time.wall)
                symbol.nextDue += interval
                steps += 1
            }
            if symbol.nextDue <= time.monotonic { symbol.nextDue = time.monotonic + interval }
            if steps == 0, symbol.deadline <= time.wall { symbol.step(at: time.wall) }
        }
    }

    /// Nanoseconds between a symbol's steps; a day at most, or a tiny rate would not fit a number.
    private func interval(of quantum: Int) -> Int64 {
        max(1, Int64(min(Double(quantum) * unit, 86_400e9)))
    }

    private func makeSymbol(_ index: Int, time: FeedTime) -> SymbolFeed {
        var mixer = SplitMix64(seed: seed &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
        let symbol = SymbolFeed(
            instrument: catalogue.instruments[index],
            seed: mixer.next(),
            time: time.wall
        )
        symbols[index] = symbol
        return symbol
    }

    /// Lazily: one request may start thousands of topics.
    private func refreshActive() {
        guard isStale else { return }
        isStale = false
        active = symbols.sorted { $0.key < $1.key }.map(\.value).filter(\.isActive)
        finest = active.map(\.quantum).min()
    }
}
