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
        var writer = begin(levels: bids.count + asks.count)
        writer.literal(type == .snapshot ? ",\"type\":\"snapshot\",\"ts\":" : ",\"type\":\"delta\",\"ts\":")
        writer.number(stamp.time)
        finish(&writer, bids: bids[...], asks: asks[...], stamp: stamp)
        return writer.buffer
    }

    /// Depth 1 on futures is snapshots only and puts `ts` before `type`.
    func bestQuote(bid: ArraySlice<BookLevel>, ask: ArraySlice<BookLevel>, stamp: Stamp) -> ByteBuffer {
        var writer = begin(levels: 2)
        writer.literal(",\"ts\":")
        writer.number(stamp.time)
        writer.literal(",\"type\":\"snapshot\"")
        finish(&writer, bids: bid, asks: ask, stamp: stamp)
        return writer.buffer
    }

    private func begin(levels: Int) -> FrameWriter {
        var writer = FrameWriter(capacity: 200 + levels * 28)
        writer.literal("{\"topic\":\"")
        writer.text(topic.name)
        writer.literal("\"")
        return writer
    }

    private func finish(
        _ writer: inout FrameWriter,
        bids: ArraySlice<BookLevel>,
        asks: ArraySlice<BookLevel>,
        stamp: Stamp
    ) {
        writer.literal(",\"data\":{\"s\":\"")
        writer.text(instrument.symbol)
        writer.literal("\",\"b\":[")
        write(bids, to: &writer)
        writer.literal("],\"a\":[")
        write(asks, to: &writer)
        writer.literal("],\"u\":")
        writer.number(stamp.update)
        writer.literal(",\"seq\":")
        writer.number(stamp.sequence)
        writer.literal("},\"cts\":")
        writer.number(stamp.engineTime)
        writer.literal("}")
    }

    private func write(_ levels: ArraySlice<BookLevel>, to writer: inout FrameWriter) {
        var isFirst = true
        for level in levels {
            if isFirst { writer.literal("[\"") } else { writer.literal(",[\"") }
            isFirst = false
            writer.price(level.price, of: instrument)
            writer.literal("\",\"")
            // The exchange writes a deletion as "0", without the size's digits.
            if level.size == 0 { writer.literal("0") } else { writer.size(level.size, of: instrument) }
            writer.literal("\"]")
        }
    }
}
