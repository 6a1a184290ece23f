import Core
import FeedKit
import Foundation
import NIOCore
import Testing

@testable import BybitFeed

/// Skipped where the recordings are not beside the package.
@Suite("Recorded order books equal an independent merge", .enabled(if: RecordedFrames.areThere))
struct RecordedDepthTests {
    /// Price to size, as the exchange's texts.
    private struct NaiveBook {
        var bids: [String: String] = [:]
        var asks: [String: String] = [:]

        mutating func apply(_ data: [String: Any], isSnapshot: Bool) throws {
            if isSnapshot { self = NaiveBook() }
            for (key, side) in [("b", \NaiveBook.bids), ("a", \NaiveBook.asks)] as [(String, WritableKeyPath<Self, _>)]
            {
                for level in try #require(data[key] as? [[String]]) {
                    self[keyPath: side][level[0]] = Double(level[1]) == 0 ? nil : level[1]
                }
            }
        }

        func sorted(_ side: [String: String], descending: Bool) -> [[String]] {
            side.map { (Decimal(string: $0.key) ?? 0, [$0.key, $0.value]) }
                .sorted { descending ? $0.0 > $1.0 : $0.0 < $1.0 }
                .map(\.1)
        }
    }

    @Test(arguments: [
        ("linear-orderbook1000-BTCUSDT.jsonl", "BTCUSDT", 1000), ("linear-orderbook500-XRPUSDT.jsonl", "XRPUSDT", 500),
    ])
    func merged(file: String, symbol: String, levels: Int) throws {
        let transform = DepthTransform(symbol: symbol, levels: levels)
        var naive = NaiveBook()
        var edge = OrderBook()
        let frames = try RecordedFrames.frames(file, topic: "orderbook.\(levels).\(symbol)")
        try #require(frames.count >= 5)
        for (text, object) in frames {
            let isSnapshot = object["type"] as? String == "snapshot"
            let data = try #require(object["data"] as? [String: Any])
            try naive.apply(data, isSnapshot: isSnapshot)
            let (outcome, messages) = try transform.apply(text)
            #expect(outcome == .applied)
            try #require(messages.count == 1)
            #expect(messages[0].kind == (isSnapshot ? .snapshot : .update))
            // An edge node makes its book of the messages alone.
            try edge.apply(json: messages[0].data, isSnapshot: messages[0].kind == .snapshot)
            #expect(edge.bids.map { [$0.price, $0.size] } == naive.sorted(naive.bids, descending: true))
            #expect(edge.asks.map { [$0.price, $0.size] } == naive.sorted(naive.asks, descending: false))
            #expect(edge.updateID == (data["u"] as? NSNumber)?.int64Value)
        }
    }
}
