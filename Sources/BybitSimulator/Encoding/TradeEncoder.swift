import NIOCore

/// Trade frames: at most 1024 trades each, more of them spill into further frames.
struct TradeEncoder {
    static let maximumPerFrame = 1024

    let topic: Topic
    let instrument: Instrument

    func frames(_ trades: [Trade], time: Int64) -> [ByteBuffer] {
        var frames: [ByteBuffer] = []
        var rest = trades[...]
        while !rest.isEmpty {
            frames.append(frame(rest.prefix(Self.maximumPerFrame), time: time))
            rest = rest.dropFirst(Self.maximumPerFrame)
        }
        return frames
    }

    private func frame(_ trades: ArraySlice<Trade>, time: Int64) -> ByteBuffer {
        var writer = FrameWriter(capacity: 100 + trades.count * 220)
        writer.literal("{\"topic\":\"")
        writer.text(topic.name)
        writer.literal("\",\"type\":\"snapshot\",\"ts\":")
        writer.number(time)
        writer.literal(",\"data\":[")
        for index in trades.indices {
            if index > trades.startIndex { writer.literal(",") }
            write(trades[index], to: &writer)
        }
        writer.literal("]}")
        return writer.buffer
    }

    private func write(_ trade: Trade, to writer: inout FrameWriter) {
        writer.literal("{\"T\":")
        writer.number(trade.time)
        writer.literal(",\"s\":\"")
        writer.text(instrument.symbol)
        writer.literal(trade.isBuy ? "\",\"S\":\"Buy\"" : "\",\"S\":\"Sell\"")
        writer.quotedSize(",\"v\":\"", trade.size, of: instrument)
        writer.quotedPrice(",\"p\":\"", trade.price, of: instrument)
        writer.literal(",\"L\":\"")
        writer.text(trade.direction.rawValue)
        writer.literal("\",\"i\":\"")
        writer.uuid(trade.identity)
        writer.literal("\",\"BT\":false,\"RPI\":false,\"seq\":")
        writer.number(trade.sequence)
        writer.literal("}")
    }
}
