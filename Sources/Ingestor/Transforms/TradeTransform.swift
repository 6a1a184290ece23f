import NIOCore
import Shared

/// Trades: one publication a frame, its data the array of the frame's trades in their order.
final class TradeTransform: StreamTransform {
    private let symbol: String

    init(symbol: String) {
        self.symbol = symbol
    }

    func reset() {}

    func apply(
        _ frame: BybitDataFrame,
        to messages: inout [TransformedMessage]
    ) throws(JSONError) -> TransformOutcome {
        var buffer = ByteBufferAllocator().buffer(capacity: frame.data.bytes.count + 64)
        var count = 0
        var cursor = frame.data
        buffer.writeStaticString("[")
        try cursor.array { (cursor) throws(JSONError) in
            if count > 0 { buffer.writeStaticString(",") }
            count += 1
            try write(&cursor, into: &buffer)
        }
        buffer.writeStaticString("]")
        if count > 0 { messages.append(TransformedMessage(kind: .update, data: buffer)) }
        return .applied
    }

    private func write(_ cursor: inout JSONCursor, into buffer: inout ByteBuffer) throws(JSONError) {
        var id: String?
        var price: String?
        var quantity: String?
        var side: TakerSide?
        var time: Int64?
        var isBlockTrade: Bool?
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("i") {
                id = try cursor.plainString()
            } else if key.equals("p") {
                price = try cursor.nonEmptyDecimalString()
            } else if key.equals("v") {
                quantity = try cursor.nonEmptyDecimalString()
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
        buffer.writeStaticString("{\"id\":\"")
        buffer.writeString(try cursor.require(id))
        buffer.writeStaticString("\",\"symbol\":\"")
        buffer.writeString(symbol)
        buffer.writeStaticString("\",\"price\":\"")
        buffer.writeString(try cursor.require(price))
        buffer.writeStaticString("\",\"quantity\":\"")
        buffer.writeString(try cursor.require(quantity))
        buffer.writeStaticString("\",\"side\":\"")
        buffer.writeString(try cursor.require(side).rawValue)
        buffer.writeStaticString("\",\"time\":")
        buffer.writeDecimal(try cursor.require(time))
        buffer.writeStaticString(
            try cursor.require(isBlockTrade) ? ",\"isBlockTrade\":true}" : ",\"isBlockTrade\":false}"
        )
    }
}
