import Core

/// A trade: `{id, symbol, price, quantity, side, time, isBlockTrade}`. One that does not say whether it is a block trade
/// is none: the flag is not sent everywhere.
enum TradeEvent: ExchangeEvent {
    static func transform(
        _ cursor: inout JSONCursor,
        symbol: String,
        into json: inout JSONWriter
    ) throws(JSONError) {
        var id: JSONScalar?
        var price: JSONScalar?
        var quantity: JSONScalar?
        var side: TakerSide?
        var time: Int64?
        var isBlockTrade = false
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("i") {
                id = try cursor.word()
            } else if key.equals("p") {
                price = try cursor.nonEmptyDecimal()
            } else if key.equals("v") {
                quantity = try cursor.nonEmptyDecimal()
            } else if key.equals("S") {
                side = try TakerSide(&cursor)
            } else if key.equals("T") {
                time = try cursor.milliseconds()
            } else if key.equals("BT") {
                isBlockTrade = try cursor.skipNull() ? false : try cursor.flag()
            } else if key.equals("s") {
                guard try cursor.plainString() == symbol else { throw JSONError(.wrongType, at: cursor.position) }
            } else {
                try cursor.skip()
            }
        }
        json.raw("{\"id\":\"")
        json.scalar(try cursor.require(id))
        json.raw("\",\"symbol\":\"")
        json.raw(text: symbol)
        json.raw("\",\"price\":\"")
        json.scalar(try cursor.require(price))
        json.raw("\",\"quantity\":\"")
        json.scalar(try cursor.require(quantity))
        json.raw("\",\"side\":\"")
        try cursor.require(side).write(buy: "buy", sell: "sell", into: &json)
        json.raw("\",\"time\":")
        json.decimal(try cursor.require(time))
        json.raw(isBlockTrade ? ",\"isBlockTrade\":true}" : ",\"isBlockTrade\":false}")
    }
}

/// The transform of trade topics.
typealias TradeTransform = EventsTransform<TradeEvent>
