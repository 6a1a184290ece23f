import Core
import FeedKit
import NIOCore

/// Order books: the exchange's snapshot and deltas, checked for continuity.
///
/// It keeps the book, for two reasons: a change that does not follow on the one before (`u` rises by exactly 1) must
/// not reach a client, and every `snapshotInterval` updates the whole book is published in place of the change, so that
/// the history always holds a snapshot to start from.
final class DepthTransform: StreamTransform {
    /// Below half of the history's default retention for `delta` streams.
    static let snapshotInterval = 200

    private let symbol: String
    private let levels: Int
    private var book = OrderBook()
    private var hasSnapshot = false
    private var updatesSinceSnapshot = 0
    /// Reused between frames: the changes of the frame that is being read.
    private var bids: [PriceLevel] = []
    private var asks: [PriceLevel] = []
    private var scratch = JSONWriter(capacity: 1024)

    init(symbol: String, levels: Int) {
        self.symbol = symbol
        self.levels = levels
    }

    func reset() { hasSnapshot = false }

    func state() -> ByteBuffer? { hasSnapshot ? book.makeData(symbol: symbol) : nil }

    func apply(
        _ frame: BybitDataFrame,
        to messages: inout [FeedMessage]
    ) throws(JSONError) -> TransformOutcome {
        guard frame.isSnapshot || hasSnapshot else { return .beforeSnapshot }
        let updateID = try read(frame)
        // A restart of the exchange's book is told by u = 1, whatever the frame calls itself.
        let isReset = frame.isSnapshot || updateID == 1
        if isReset {
            // Depth 1 repeats itself every 3 s with the same number when nothing changes.
            guard !hasSnapshot || levels > 1 || updateID != book.updateID else { return .applied }
            book.removeAll()
        } else {
            // Wraps: the exchange may send any number, and the highest must not end the process.
            guard updateID == book.updateID &+ 1 else {
                hasSnapshot = false
                return .outOfSequence
            }
        }
        for level in bids { book.apply(bid: level) }
        for level in asks { book.apply(ask: level) }
        book.updateID = updateID
        hasSnapshot = true
        updatesSinceSnapshot = isReset ? 0 : updatesSinceSnapshot + 1
        messages.append(makeMessage(isReset: isReset))
        return .applied
    }

    private func makeMessage(isReset: Bool) -> FeedMessage {
        if isReset || updatesSinceSnapshot >= Self.snapshotInterval {
            updatesSinceSnapshot = 0
            return FeedMessage(kind: .snapshot, data: book.makeData(symbol: symbol))
        }
        var json = JSONWriter(capacity: 0)
        swap(&json, &scratch)
        defer { swap(&json, &scratch) }
        json.removeAll()
        OrderBook.write(symbol: symbol, bids: bids, asks: asks, updateID: book.updateID, into: &json)
        return FeedMessage(kind: .update, data: json.makeBuffer())
    }

    /// Reads the frame's levels into `bids` and `asks`; answers its `u`. A side that is left out is no empty one: nobody
    /// knows what it would have changed.
    private func read(_ frame: BybitDataFrame) throws(JSONError) -> Int64 {
        bids.removeAll(keepingCapacity: true)
        asks.removeAll(keepingCapacity: true)
        var updateID: Int64?
        var isComplete = (bids: false, asks: false)
        var cursor = frame.data
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("b") {
                try cursor.levels { bids.append($0) }
                isComplete.bids = true
            } else if key.equals("a") {
                try cursor.levels { asks.append($0) }
                isComplete.asks = true
            } else if key.equals("u") {
                updateID = try cursor.wholeNumber()
            } else if key.equals("s") {
                guard try cursor.plainString() == symbol else { throw JSONError(.wrongType, at: cursor.position) }
            } else {
                try cursor.skip()
            }
        }
        guard isComplete == (true, true) else { throw JSONError(.missingField, at: cursor.position) }
        return try cursor.require(updateID)
    }
}
