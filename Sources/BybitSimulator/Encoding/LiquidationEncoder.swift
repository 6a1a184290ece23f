import Core
import NIOCore

/// `allLiquidation` frames.
struct LiquidationEncoder {
    let topic: Topic
    let instrument: Instrument

    func frame(_ liquidations: [Liquidation], time: Int64) -> ByteBuffer {
        var json = JSONWriter(capacity: 100 + liquidations.count * 90)
        json.raw("{\"topic\":\"")
        json.raw(text: topic.name)
        json.raw("\",\"type\":\"snapshot\",\"ts\":")
        json.decimal(time)
        json.raw(",\"data\":[")
        for index in liquidations.indices {
            let liquidation = liquidations[index]
            json.raw(index > 0 ? ",{\"T\":" : "{\"T\":")
            json.decimal(liquidation.time)
            json.raw(",\"s\":\"")
            json.raw(text: instrument.symbol)
            json.raw(liquidation.longClosed ? "\",\"S\":\"Buy\"" : "\",\"S\":\"Sell\"")
            json.quotedSize(",\"v\":\"", liquidation.size, of: instrument)
            json.quotedPrice(",\"p\":\"", liquidation.price, of: instrument)
            json.raw("}")
        }
        json.raw("]}")
        return json.finish()
    }
}
