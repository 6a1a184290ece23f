import NIOCore

/// An order book kept by the exchange's rules: a size of zero deletes, any other inserts or replaces.
///
/// A value, so a caller can try a change and keep the old book when it fails. Bids run from the highest price down, asks
/// from the lowest up. It holds as many levels as it was given: the sender keeps to its depth.
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
        Self.apply(level, to: &bids) { $0.key > level.key }
    }

    package mutating func apply(ask level: PriceLevel) {
        Self.apply(level, to: &asks) { $0.key < level.key }
    }

    /// Writes the `data` object of a depth publication.
    package func writeJSON(symbol: String, into buffer: inout ByteBuffer) {
        Self.writeJSON(symbol: symbol, bids: bids, asks: asks, updateID: updateID, into: &buffer)
    }

    /// `levels` are written in the order in which they are given.
    package static func writeJSON(
        symbol: String,
        bids: [PriceLevel],
        asks: [PriceLevel],
        updateID: Int64,
        into buffer: inout ByteBuffer
    ) {
        buffer.writeStaticString("{\"symbol\":")
        buffer.writeJSONString(symbol)
        buffer.writeStaticString(",\"bids\":")
        buffer.writeJSONArray(bids, write)
        buffer.writeStaticString(",\"asks\":")
        buffer.writeJSONArray(asks, write)
        buffer.writeStaticString(",\"updateId\":")
        buffer.writeDecimal(updateID)
        buffer.writeStaticString("}")
    }

    private static func write(into buffer: inout ByteBuffer, _ level: PriceLevel) {
        buffer.writeStaticString("[\"")
        buffer.writeString(level.price)
        buffer.writeStaticString("\",\"")
        buffer.writeString(level.size)
        buffer.writeStaticString("\"]")
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
        let isThere = low < side.count && side[low].key == level.key
        switch (isThere, level.isDeletion) {
        case (true, true): side.remove(at: low)
        case (true, false): side[low] = level
        case (false, false): side.insert(level, at: low)
        case (false, true): break
        }
    }
}
