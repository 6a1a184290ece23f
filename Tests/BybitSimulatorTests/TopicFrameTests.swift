import NIOCore
import Testing

@testable import BybitSimulator

/// Tickers, candles, trades and liquidations as a client sees them.
struct TopicFrameTests {
    private static let instrument = InstrumentCatalogue(count: 1).instruments[0]
    private static let start: Int64 = 1_790_757_082_283

    private let feed = SymbolFeed(instrument: instrument, seed: 21, time: start)

    private func join(_ name: String, at time: Int64 = start) throws -> FrameCollector {
        let collector = FrameCollector()
        feed.join(try #require(Topic(name)), sink: collector, time: time)
        return collector
    }

    @Test
    func tickerSnapshotsHaveEveryFieldInOrder() throws {
        let text = try #require(try join("tickers.BTCUSDT").texts.first)
        #expect(text.hasPrefix(#"{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","#))
        let keys = text.matches(of: /"([A-Za-z0-9]+)":/).map { String($0.1) }
        #expect(
            keys == [
                "topic", "type", "data", "symbol", "tickDirection", "price24hPcnt", "lastPrice", "prevPrice24h",
                "highPrice24h", "lowPrice24h", "prevPrice1h", "markPrice", "indexPrice", "openInterest",
                "openInterestValue", "turnover24h", "volume24h", "fundingIntervalHour", "fundingCap",
                "singleOpenInterest", "singleOpenInterestValue", "nextFundingTime", "fundingRate", "bid1Price",
                "bid1Size", "ask1Price", "ask1Size", "preOpenPrice", "preQty", "curPreListingPhase", "cs", "ts",
            ]
        )
    }

    @Test
    func mergedTickerDeltasEqualAFreshSnapshot() throws {
        let collector = try join("tickers.BTCUSDT")
        var merged: [String: String] = [:]
        let pairs = [
            ["bid1Price", "bid1Size"], ["ask1Price", "ask1Size"], ["turnover24h", "volume24h"],
            ["markPrice", "openInterestValue"],
        ]
        var deltas = 0
        for step in 1...1_500 {
            feed.step(at: Self.start + Int64(step) * 100)
            for frame in collector.take() {
                let data = try #require(frame["data"] as? [String: String])
                if frame.text("type") == "snapshot" {
                    merged = data
                    continue
                }
                deltas += 1
                #expect(data["symbol"] == "BTCUSDT" && data.count > 1)
                for pair in pairs { #expect((data[pair[0]] == nil) == (data[pair[1]] == nil)) }
                if data["lastPrice"] != nil { #expect(data["price24hPcnt"] != nil) }
                merged.merge(data) { $1 }
            }
            guard step % 100 == 0 else { continue }
            let fresh = try join("tickers.BTCUSDT", at: Self.start + Int64(step) * 100)
            let snapshot = fresh.take().first?["data"] as? [String: String]
            #expect(snapshot == merged)
        }
        #expect(deltas > 1_200)
    }

    private struct WireCandle {
        let start: Int
        let end: Int
        let confirmed: Bool
        let sent: Int
        let prices: [String: Double]

        init(_ frame: [String: Any]) throws {
            let candle = try #require(frame.objects("data").first)
            start = try #require(candle.int("start"))
            end = try #require(candle.int("end"))
            confirmed = try #require(candle["confirm"] as? Bool)
            sent = try #require(frame.int("ts"))
            prices = candle.compactMapValues { ($0 as? String).flatMap(Double.init) }
        }
    }

    @Test
    func candlesCloseOnceAndAreMadeOfTheTrades() throws {
        let klines = try join("kline.1.BTCUSDT")
        let trades = try join("publicTrade.BTCUSDT")
        var closings: [WireCandle] = []
        var open: WireCandle?
        var prices: [Int: [Double]] = [:]
        for step in 1...3_000 {
            feed.step(at: Self.start + Int64(step) * 100)
            for trade in trades.take().flatMap({ $0.objects("data") }) {
                let time = try #require(trade.int("T"))
                prices[time / 60_000 * 60_000, default: []].append(Double(trade.text("p") ?? "") ?? 0)
            }
            for frame in klines.take() {
                let candle = try WireCandle(frame)
                #expect(candle.end == candle.start + 59_999)
                if candle.confirmed {
                    #expect(candle.sent > candle.end && open?.start == candle.start)
                    closings.append(candle)
                } else {
                    if let last = closings.last { #expect(candle.start == last.end + 1) }
                    open = candle
                }
            }
        }
        #expect(closings.count == 5 && Set(closings.map(\.start)).count == 5)
        for (candle, next) in zip(closings, closings.dropFirst()) {
            #expect(next.start == candle.start + 60_000)
            #expect(next.prices["open"] == candle.prices["close"])
            let traded = prices[next.start] ?? []
            let all = traded + [next.prices["open"] ?? 0]
            #expect(next.prices["close"] == traded.last)
            #expect(next.prices["high"] == all.max() && next.prices["low"] == all.min())
        }
    }

    @Test
    func candlesCloseWithoutTradesAndBetweenSteps() throws {
        let catalogue = InstrumentCatalogue(count: 1)
        let feed = MarketFeed(catalogue: catalogue, rate: 0.001, seed: 1)
        let collector = FrameCollector()
        let end: Int64 = 1_790_757_120_000
        feed.join("kline.1.BTCUSDT", sink: collector, at: FeedTime(monotonic: 0, wall: end - 20))
        _ = collector.take()
        feed.advance(to: FeedTime(monotonic: 10_000_000, wall: end - 10))
        #expect(collector.take().isEmpty)
        feed.advance(to: FeedTime(monotonic: 20_000_000, wall: end))
        let frames = collector.take()
        #expect(frames.map { $0.objects("data").first?["confirm"] as? Bool } == [true, false])
        #expect(frames.first?.int("ts") == Int(end))
    }

    @Test
    func tradeFramesHoldAtMost1024InOrder() throws {
        let topic = try #require(Topic("publicTrade.BTCUSDT"))
        let trades = (0..<2_500).map { index in
            Trade(
                time: Int64(index),
                isBuy: index % 2 == 0,
                price: 830_246,
                size: 1 + index,
                direction: .zeroPlus,
                identity: (1, UInt64(index)),
                sequence: 5
            )
        }
        let frames = TradeEncoder(topic: topic, instrument: Self.instrument).frames(trades, time: 9_999)
            .map { JSON.object(String(buffer: $0)) }
        #expect(frames.map { $0.objects("data").count } == [1_024, 1_024, 452])
        let all = frames.flatMap { $0.objects("data") }
        #expect(all.compactMap { $0.int("T") } == Array(0..<2_500))
        #expect(all.allSatisfy { $0.int("seq") == 5 && $0.text("p") == "83024.60" })
        #expect(Set(all.compactMap { $0.text("i") }).count == 2_500)
        let uuid = /[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
        #expect(all.allSatisfy { $0.text("i")?.wholeMatch(of: uuid) != nil })
    }

    @Test
    func liquidationsComeFromTimeToTime() throws {
        let collector = try join("allLiquidation.BTCUSDT")
        for step in 1...2_000 { feed.step(at: Self.start + Int64(step) * 100) }
        let frames = collector.take()
        #expect(frames.count > 10)
        for frame in frames {
            #expect(!frame.objects("data").isEmpty)
            for entry in frame.objects("data") {
                #expect(Set(entry.keys) == ["T", "s", "S", "v", "p"])
            }
        }
    }
}
