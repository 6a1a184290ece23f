import Core
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
        var json = JSONWriter(capacity: 100 + trades.count * 220)
        json.raw("{\"topic\":\"")
        json.raw(text: topic.name)
        json.raw("\",\"type\":\"snapshot\",\"ts\":")
        json.decimal(time)
        json.raw(",\"data\":[")
        for index in trades.indices {
            if index > trades.startIndex { json.raw(",") }
            write(trades[index], to: &json)
        }
        json.raw("]}")
        return json.finish()
    }

    private func write(_ trade: Trade, to json: inout JSONWriter) {
        json.raw("{\"T\":")
        json.decimal(trade.time)
        json.raw(",\"s\":\"")
        json.raw(text: instrument.symbol)
        json.raw(trade.isBuy ? "\",\"S\":\"Buy\"" : "\",\"S\":\"Sell\"")
        json.quotedSize(",\"v\":\"", trade.size, of: instrument)
        json.quotedPrice(",\"p\":\"", trade.price, of: instrument)
        json.raw(",\"L\":\"")
        json.raw(text: trade.direction.rawValue)
        json.raw("\",\"i\":\"")
        json.uuid(trade.identity)
        json.raw("\",\"BT\":false,\"RPI\":false,\"seq\":")
        json.decimal(trade.sequence)
        json.raw("}")
    }
}
