import NIOCore

/// `allLiquidation` frames.
struct LiquidationEncoder {
    let topic: Topic
    let instrument: Instrument

    func frame(_ liquidations: [Liquidation], time: Int64) -> ByteBuffer {
        var writer = FrameWriter(capacity: 100 + liquidations.count * 90)
        writer.literal("{\"topic\":\"")
        writer.text(topic.name)
        writer.literal("\",\"type\":\"snapshot\",\"ts\":")
        writer.number(time)
        writer.literal(",\"data\":[")
        for index in liquidations.indices {
            let liquidation = liquidations[index]
            writer.literal(index > 0 ? ",{\"T\":" : "{\"T\":")
            writer.number(liquidation.time)
            writer.literal(",\"s\":\"")
            writer.text(instrument.symbol)
            writer.literal(liquidation.longClosed ? "\",\"S\":\"Buy\"" : "\",\"S\":\"Sell\"")
            writer.quotedSize(",\"v\":\"", liquidation.size, of: instrument)
            writer.quotedPrice(",\"p\":\"", liquidation.price, of: instrument)
            writer.literal("}")
        }
        writer.literal("]}")
        return writer.buffer
    }
}
