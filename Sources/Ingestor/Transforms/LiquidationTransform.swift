import NIOCore
import Shared

/// Liquidations: an array of `{symbol, side, price, quantity, time}` a frame. `side` is the position that was closed by
/// force: the exchange's `Buy` means that a long was liquidated.
final class LiquidationTransform: StreamTransform {
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
        var side: TakerSide?
        var price: UnsafeRawBufferPointer?
        var quantity: UnsafeRawBufferPointer?
        var time: Int64?
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("S") {
                side = try TakerSide(&cursor)
            } else if key.equals("p") {
                price = try cursor.nonEmptyDecimalBytes()
            } else if key.equals("v") {
                quantity = try cursor.nonEmptyDecimalBytes()
            } else if key.equals("T") {
                time = try cursor.integer()
            } else if key.equals("s") {
                guard try cursor.plainString() == symbol else { throw JSONError(.wrongType, at: cursor.position) }
            } else {
                try cursor.skip()
            }
        }
        json.raw("{\"symbol\":\"")
        json.raw(symbol)
        json.raw("\",\"side\":\"")
        json.raw(try cursor.require(side) == .buy ? "long" : "short")
        json.raw("\",\"price\":\"")
        json.raw(try cursor.require(price))
        json.raw("\",\"quantity\":\"")
        json.raw(try cursor.require(quantity))
        json.raw("\",\"time\":")
        json.decimal(try cursor.require(time))
        json.raw("}")
    }
}
