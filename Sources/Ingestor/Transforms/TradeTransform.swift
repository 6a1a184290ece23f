import NIOCore
import Shared

/// Trades: one publication a frame, its data the array of the frame's trades in their order.
final class TradeTransform: StreamTransform {
    private let symbol: String
    private var scratch = JSONBytes()

    init(symbol: String) {
        self.symbol = symbol
    }

    func reset() {}

    func apply(
        _ frame: BybitDataFrame,
        to messages: inout [TransformedMessage]
    ) throws(JSONError) -> TransformOutcome {
        var json = scratch
        scratch = JSONBytes(capacity: 0)
        defer { scratch = json }
        json.removeAll()
        var count = 0
        var cursor = frame.data
        json.raw("[")
        try cursor.array { (cursor) throws(JSONError) in
            if count > 0 { json.raw(",") }
            count += 1
            try write(&cursor, into: &json)
        }
        json.raw("]")
        if count > 0 { messages.append(TransformedMessage(kind: .update, data: json.makeBuffer())) }
        return .applied
    }

    private func write(_ cursor: inout JSONCursor, into json: inout JSONBytes) throws(JSONError) {
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
