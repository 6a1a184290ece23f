import NIOCore

/// An order book kept by the exchange's rules: a size of zero deletes, any other inserts or replaces.
///
/// A value, so a caller can try a change and keep the old book when it fails. Bids run from the highest price down,
/// asks from the lowest up. It holds as many levels as it was given: the sender keeps to its depth.
package struct OrderBook: Hashable, Sendable {
    package private(set) var bids: [PriceLevel] = []
    package private(set) var asks: [PriceLevel] = []
    /// The exchange's number of the last change (`u`).
    package var updateID: Int64 = 0

    package init() {}

    package mutating func removeAll() {
        bids.removeAll(keepingCapacity: true)
        asks.removeAll(keepingCapacity: true)
    }

    package mutating func apply(bid level: PriceLevel) {
        Self.apply(level, to: &bids) { level.isBelow($0) }
    }

    package mutating func apply(ask level: PriceLevel) {
        Self.apply(level, to: &asks) { $0.isBelow(level) }
    }

    /// The `data` object of a depth publication.
    package func makeData(symbol: String) -> ByteBuffer {
        var json = JSONWriter(capacity: 64 + 32 * (bids.count + asks.count))
        Self.write(symbol: symbol, bids: bids, asks: asks, updateID: updateID, into: &json)
        return json.finish()
    }

    /// Writes the `data` object of a depth publication; levels in the order in which they are given.
    package static func write(
        symbol: String,
        bids: [PriceLevel],
        asks: [PriceLevel],
        updateID: Int64,
        into json: inout JSONWriter
    ) {
        json.raw("{\"symbol\":\"")
        json.raw(text: symbol)
        json.raw("\",\"bids\":")
        write(bids, into: &json)
        json.raw(",\"asks\":")
        write(asks, into: &json)
        json.raw(",\"updateId\":")
        json.decimal(updateID)
        json.raw("}")
    }

    private static func write(_ levels: [PriceLevel], into json: inout JSONWriter) {
        json.raw("[")
        var isFirst = true
        for level in levels {
            json.raw(isFirst ? "[\"" : ",[\"")
            isFirst = false
            json.raw(text: level.price)
            json.raw("\",\"")
            json.raw(text: level.size)
            json.raw("\"]")
        }
        json.raw("]")
    }

    private static func apply(
        _ level: PriceLevel,
        to side: inout [PriceLevel],
        isBefore: (PriceLevel) -> Bool
    ) {
        var low = 0
        var high = side.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(side[middle]) { low = middle + 1 } else { high = middle }
        }
        let isThere = low < side.count && side[low].hasPrice(of: level)
        switch (isThere, level.isDeletion) {
        case (true, true): side.remove(at: low)
        case (true, false): side[low] = level
        case (false, false): side.insert(level, at: low)
        case (false, true): break
        }
    }
}
