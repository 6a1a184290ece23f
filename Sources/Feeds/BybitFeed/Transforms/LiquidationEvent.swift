import Core

/// A liquidation: `{symbol, side, price, quantity, time}`. `side` is the position that was closed by force: the
/// exchange's `Buy` means that a long was liquidated.
enum LiquidationEvent: ExchangeEvent {
    static func transform(
        _ cursor: inout JSONCursor,
        symbol: String,
        into json: inout JSONWriter
    ) throws(JSONError) {
        var side: TakerSide?
        var price: JSONScalar?
        var quantity: JSONScalar?
        var time: Int64?
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("S") {
                side = try TakerSide(&cursor)
            } else if key.equals("p") {
                price = try cursor.nonEmptyDecimal()
            } else if key.equals("v") {
                quantity = try cursor.nonEmptyDecimal()
            } else if key.equals("T") {
                time = try cursor.milliseconds()
            } else if key.equals("s") {
                guard try cursor.plainString() == symbol else { throw JSONError(.wrongType, at: cursor.position) }
            } else {
                try cursor.skip()
            }
        }
        json.raw("{\"symbol\":\"")
        json.raw(text: symbol)
        json.raw("\",\"side\":\"")
        try cursor.require(side).write(buy: "long", sell: "short", into: &json)
        json.raw("\",\"price\":\"")
        json.scalar(try cursor.require(price))
        json.raw("\",\"quantity\":\"")
        json.scalar(try cursor.require(quantity))
        json.raw("\",\"time\":")
        json.decimal(try cursor.require(time))
        json.raw("}")
    }
}

/// The transform of liquidation topics.
typealias LiquidationTransform = EventsTransform<LiquidationEvent>
