import Shared

/// A trade: `{id, symbol, price, quantity, side, time, isBlockTrade}`.
enum TradeEvent: ExchangeEvent {
    static func transform(
        _ cursor: inout JSONCursor,
        symbol: String,
        into json: inout JSONBytes
    ) throws(JSONError) {
        var id: UnsafeRawBufferPointer?
        var price: UnsafeRawBufferPointer?
        var quantity: UnsafeRawBufferPointer?
        var side: TakerSide?
        var time: Int64?
        var isBlockTrade: Bool?
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("i") {
                id = try cursor.plainBytes()
            } else if key.equals("p") {
                price = try cursor.nonEmptyDecimalBytes()
            } else if key.equals("v") {
                quantity = try cursor.nonEmptyDecimalBytes()
            } else if key.equals("S") {
                side = try TakerSide(&cursor)
            } else if key.equals("T") {
                time = try cursor.integer()
            } else if key.equals("BT") {
                isBlockTrade = try cursor.bool()
            } else if key.equals("s") {
                guard try cursor.plainString() == symbol else { throw JSONError(.wrongType, at: cursor.position) }
            } else {
                try cursor.skip()
            }
        }
        json.raw("{\"id\":\"")
        json.raw(try cursor.require(id))
        json.raw("\",\"symbol\":\"")
        json.raw(symbol)
        json.raw("\",\"price\":\"")
        json.raw(try cursor.require(price))
        json.raw("\",\"quantity\":\"")
        json.raw(try cursor.require(quantity))
        json.raw("\",\"side\":\"")
        json.raw(try cursor.require(side).rawValue)
        json.raw("\",\"time\":")
        json.decimal(try cursor.require(time))
        json.raw(
            try cursor.require(isBlockTrade) ? ",\"isBlockTrade\":true}" : ",\"isBlockTrade\":false}"
        )
    }
}

/// The transform of trade topics.
typealias TradeTransform = EventsTransform<TradeEvent>
