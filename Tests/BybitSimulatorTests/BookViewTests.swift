import Core
import NIOCore
import Testing

@testable import BybitSimulator

/// What a client that merges as pybit does makes of the book topics, against the true top of the book.
struct BookViewTests {
    private static func text(_ levels: some Sequence<BookLevel>, of instrument: Instrument) -> [String: String] {
        var result: [String: String] = [:]
        for level in levels {
            var writer = JSONWriter(capacity: 64)
            writer.price(level.price, of: instrument)
            let price = String(buffer: writer.finish())
            writer = JSONWriter(capacity: 64)
            writer.size(level.size, of: instrument)
            result[price] = String(buffer: writer.finish())
        }
        return result
    }

    @Test(arguments: [50, 200], [UInt64(1), 2, 3, 4])
    func clientsHoldTheTrueTop(_ depth: Int, _ seed: UInt64) throws {
        let instrument = InstrumentCatalogue(count: 9).instruments[Int(seed) * 2]
        let topic = try #require(Topic("orderbook.\(depth).\(instrument.symbol)"))
        let feed = SymbolFeed(instrument: instrument, seed: seed, time: 0)
        let early = FrameCollector()
        let late = FrameCollector()
        var book = ClientBook()
        var lateBook = ClientBook()
        feed.join(topic, sink: early, time: 0)
        for step in 1...1_500 {
            if step == 500 { feed.join(topic, sink: late, time: Int64(step)) }
            if step == 900 { feed.restartBook(at: Int64(step)) }
            feed.step(at: Int64(step))
            for frame in early.take() {
                let data = frame.object("data")
                let changes = (data["b"] as? [Any] ?? []) + (data["a"] as? [Any] ?? [])
                #expect(!changes.isEmpty)
                try book.apply(frame)
                #expect(book.bids.count <= depth && book.asks.count <= depth)
            }
            for frame in late.take() { try lateBook.apply(frame) }
            // Every step publishes here; a wrong delta stays wrong, so looking now and then is enough.
            guard step % 50 == 0 else { continue }
            #expect(book.bids == Self.text(feed.market.book.bids.levels.prefix(depth), of: instrument))
            #expect(book.asks == Self.text(feed.market.book.asks.levels.prefix(depth), of: instrument))
        }
        #expect(lateBook.bids == book.bids && lateBook.asks == book.asks && lateBook.update == book.update)
        #expect(book.bids.count == depth && book.asks.count == depth)
    }

    @Test
    func viewsOfDifferentDepthsLiveTogether() throws {
        let instrument = InstrumentCatalogue(count: 1).instruments[0]
        let feed = SymbolFeed(instrument: instrument, seed: 5, time: 0)
        let collectors = [50, 200, 1000].map { ($0, FrameCollector()) }
        var books: [Int: ClientBook] = [:]
        for (depth, collector) in collectors {
            feed.join(try #require(Topic("orderbook.\(depth).BTCUSDT")), sink: collector, time: 0)
        }
        for step in 1...1_000 {
            feed.step(at: Int64(step))
            for (depth, collector) in collectors {
                for frame in collector.take() { try books[depth, default: ClientBook()].apply(frame) }
            }
            // After every twentieth unit all three have published.
            guard step % 100 == 0 else { continue }
            for (depth, _) in collectors {
                let book = try #require(books[depth])
                #expect(book.bids == Self.text(feed.market.book.bids.levels.prefix(depth), of: instrument))
                #expect(book.asks == Self.text(feed.market.book.asks.levels.prefix(depth), of: instrument))
            }
        }
    }

    @Test
    func numbersGoOnAfterATimeWithoutSubscribers() throws {
        let feed = SymbolFeed(instrument: InstrumentCatalogue(count: 1).instruments[0], seed: 5, time: 0)
        let topic = try #require(Topic("orderbook.50.BTCUSDT"))
        let collector = FrameCollector()
        feed.join(topic, sink: collector, time: 0)
        for step in 1...10 { feed.step(at: Int64(step)) }
        feed.leave(topic, sink: collector)
        #expect(!feed.isActive)
        let before = try #require(collector.take().last?.object("data").int("u"))
        feed.join(topic, sink: collector, time: 20)
        let frames = collector.take()
        #expect(frames.count == 1 && frames[0].text("type") == "snapshot")
        let after = try #require(frames.first?.object("data").int("u"))
        #expect(after >= before)
    }

    @Test
    func restartsBeginAtOne() throws {
        let feed = SymbolFeed(instrument: InstrumentCatalogue(count: 1).instruments[0], seed: 5, time: 0)
        let collector = FrameCollector()
        feed.join(try #require(Topic("orderbook.50.BTCUSDT")), sink: collector, time: 0)
        feed.step(at: 1)
        _ = collector.take()
        feed.restartBook(at: 2)
        feed.step(at: 3)
        let frames = collector.take()
        #expect(frames.map { $0.text("type") } == ["snapshot", "delta"])
        #expect(frames.map { $0.object("data").int("u") } == [1, 2])
    }

    @Test
    func depthOneIsSnapshotsAndRepeatsAfterThreeSeconds() throws {
        let instrument = InstrumentCatalogue(count: 1).instruments[0]
        let topic = try #require(Topic("orderbook.1.BTCUSDT"))
        let market = SymbolMarket(instrument: instrument, seed: 1, depth: 20, time: 1_000)
        let publisher = BestQuotePublisher(topic: topic, market: market, firstUpdate: 77)
        #expect(publisher.update(market, at: 2_000).isEmpty)
        #expect(publisher.update(market, at: 3_999).isEmpty)
        let repeated = publisher.update(market, at: 4_000).map { String(buffer: $0) }
        #expect(repeated.count == 1)
        #expect(repeated[0].hasPrefix(#"{"topic":"orderbook.1.BTCUSDT","ts":4000,"type":"snapshot","data":{"s":"#))
        #expect(JSON.object(repeated[0]).object("data").int("u") == 77)
        #expect(publisher.update(market, at: 5_000).isEmpty)
        var moved = market
        while moved.book.bids.best == market.book.bids.best { moved.step(effort: 10, at: 5_000) }
        let next = publisher.update(moved, at: 5_100).map { JSON.object(String(buffer: $0)) }
        #expect(next.first?.text("type") == "snapshot" && next.first?.object("data").int("u") == 78)
    }
}
