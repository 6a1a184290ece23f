import NIOCore
import Shared

/// Liquidations: an array of `{symbol, side, price, quantity, time}` a frame. `side` is the position that was closed by
/// force: the exchange's `Buy` means that a long was liquidated.
final class LiquidationTransform: StreamTransform {
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
        var side: TakerSide?
        var price: String?
        var quantity: String?
        var time: Int64?
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("S") {
                side = try TakerSide(&cursor)
            } else if key.equals("p") {
                price = try cursor.nonEmptyDecimalString()
            } else if key.equals("v") {
                quantity = try cursor.nonEmptyDecimalString()
            } else if key.equals("T") {
                time = try cursor.integer()
            } else if key.equals("s") {
                guard try cursor.plainString() == symbol else { throw JSONError(.wrongType, at: cursor.position) }
            } else {
                try cursor.skip()
            }
        }
        buffer.writeStaticString("{\"symbol\":\"")
        buffer.writeString(symbol)
        buffer.writeStaticString("\",\"side\":\"")
        buffer.writeString(try cursor.require(side) == .buy ? "long" : "short")
        buffer.writeStaticString("\",\"price\":\"")
        buffer.writeString(try cursor.require(price))
        buffer.writeStaticString("\",\"quantity\":\"")
        buffer.writeString(try cursor.require(quantity))
        buffer.writeStaticString("\",\"time\":")
        buffer.writeDecimal(try cursor.require(time))
        buffer.writeStaticString("}")
    }
}
