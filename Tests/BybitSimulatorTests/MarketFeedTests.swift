import Testing

@testable import BybitSimulator

/// The driver: how often what is published, in simulated time.
struct MarketFeedTests {
    private func run(_ topics: [String], symbols: Int = 20, rate: Double, seconds: Double) -> [String: Int] {
        let feed = MarketFeed(catalogue: InstrumentCatalogue(count: symbols), rate: rate, seed: 4)
        let collector = FrameCollector()
        var now: Int64 = 0
        for topic in topics { feed.join(topic, sink: collector, at: FeedTime(monotonic: 0, wall: 0)) }
        while let next = feed.nextWake, next <= Int64(seconds * 1e9) {
            now = max(now, next)
            feed.advance(to: FeedTime(monotonic: now, wall: now / 1_000_000))
        }
        return collector.take().reduce(into: [:]) { $0[$1.text("topic") ?? "", default: 0] += 1 }
    }

    @Test
    func cadencesAreTheExchangesAtTheDefaultRate() throws {
        let counts = run(
            ["tickers.BTCUSDT", "orderbook.50.BTCUSDT", "orderbook.200.BTCUSDT", "orderbook.1000.BTCUSDT"],
            rate: 10,
            seconds: 10
        )
        #expect((90...102).contains(counts["tickers.BTCUSDT"] ?? 0), "\(counts)")
        #expect((430...502).contains(counts["orderbook.50.BTCUSDT"] ?? 0), "\(counts)")
        #expect((98...102).contains(counts["orderbook.200.BTCUSDT"] ?? 0), "\(counts)")
        #expect((49...52).contains(counts["orderbook.1000.BTCUSDT"] ?? 0), "\(counts)")
    }

    @Test
    func oneSymbolReachesAThousandASecond() throws {
        let counts = run(["tickers.ETHUSDT"], rate: 1_000, seconds: 2)
        #expect((1_940...2_002).contains(counts["tickers.ETHUSDT"] ?? 0), "\(counts)")
    }

    @Test
    func fiveHundredSymbolsReachTenASecondEach() throws {
        let topics = InstrumentCatalogue(count: 500).instruments.map { "tickers.\($0.symbol)" }
        let counts = run(topics, symbols: 500, rate: 10, seconds: 1)
        #expect(counts.count == 500)
        #expect((4_800...5_600).contains(counts.values.reduce(0, +)))
    }

    @Test
    func sleepsWhileNobodyListens() {
        let feed = MarketFeed(catalogue: InstrumentCatalogue(count: 2), rate: 10, seed: 1)
        let collector = FrameCollector()
        #expect(feed.nextWake == nil)
        feed.join("tickers.BTCUSDT", sink: collector, at: FeedTime(monotonic: 5, wall: 5))
        #expect(feed.nextWake != nil)
        feed.leave("tickers.BTCUSDT", sink: collector)
        #expect(feed.nextWake == nil)
    }
}
