import Core
import NIOCore

/// Order-book frames, with the exchange's order of keys.
struct BookEncoder {
    let topic: Topic
    let instrument: Instrument

    enum FrameType {
        case snapshot
        case delta
    }

    /// Where a frame stands in its topic and in the matching engine.
    struct Stamp {
        var update: Int
        var sequence: Int
        var time: Int64
        /// When the matching engine produced it; not after `time`.
        var engineTime: Int64
    }

    func frame(_ type: FrameType, bids: [BookLevel], asks: [BookLevel], stamp: Stamp) -> ByteBuffer {
        var json = begin(levels: bids.count + asks.count)
        json.raw(type == .snapshot ? ",\"type\":\"snapshot\",\"ts\":" : ",\"type\":\"delta\",\"ts\":")
        json.decimal(stamp.time)
        finish(&json, bids: bids[...], asks: asks[...], stamp: stamp)
        return json.finish()
    }

    /// Depth 1 on futures is snapshots only and puts `ts` before `type`.
    func bestQuote(bid: ArraySlice<BookLevel>, ask: ArraySlice<BookLevel>, stamp: Stamp) -> ByteBuffer {
        var json = begin(levels: 2)
        json.raw(",\"ts\":")
        json.decimal(stamp.time)
        json.raw(",\"type\":\"snapshot\"")
        finish(&json, bids: bid, asks: ask, stamp: stamp)
        return json.finish()
    }

    private func begin(levels: Int) -> JSONWriter {
        var json = JSONWriter(capacity: 200 + levels * 28)
        json.raw("{\"topic\":\"")
        json.raw(text: topic.name)
        json.raw("\"")
        return json
    }

    private func finish(
        _ json: inout JSONWriter,
        bids: ArraySlice<BookLevel>,
        asks: ArraySlice<BookLevel>,
        stamp: Stamp
    ) {
        json.raw(",\"data\":{\"s\":\"")
        json.raw(text: instrument.symbol)
        json.raw("\",\"b\":[")
        write(bids, to: &json)
        json.raw("],\"a\":[")
        write(asks, to: &json)
        json.raw("],\"u\":")
        json.decimal(stamp.update)
        json.raw(",\"seq\":")
        json.decimal(stamp.sequence)
        json.raw("},\"cts\":")
        json.decimal(stamp.engineTime)
        json.raw("}")
    }

    private func write(_ levels: ArraySlice<BookLevel>, to json: inout JSONWriter) {
        var isFirst = true
        for level in levels {
            if isFirst { json.raw("[\"") } else { json.raw(",[\"") }
            isFirst = false
            json.price(level.price, of: instrument)
            json.raw("\",\"")
            // The exchange writes a deletion as "0", without the size's digits.
            if level.size == 0 { json.raw("0") } else { json.size(level.size, of: instrument) }
            json.raw("\"]")
        }
    }
}
