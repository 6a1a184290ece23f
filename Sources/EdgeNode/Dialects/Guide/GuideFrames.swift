import Core
import NIOCore

/// The guide's `market_update`: price and volume as JSON numbers, in the digits that the exchange sent.
struct GuideFrames: FrameEncoder {
    let symbol: String
    let exchange: String

    func frame(of publication: Publication, first: UInt64?, tellsEpoch: Bool) -> ByteBuffer {
        var price: String?
        var volume: String?
        publication.data.withUnsafeReadableBytes { bytes in
            var cursor = JSONCursor(bytes)
            try? cursor.object { (key, cursor) throws(JSONError) in
                if key.equals("price") {
                    price = try cursor.decimalString()
                } else if key.equals("volume24h") {
                    volume = try cursor.decimalString()
                } else {
                    try cursor.skip()
                }
            }
        }
        return WebSocketFrame.text(capacity: 192 + symbol.utf8.count + exchange.utf8.count) { json in
            json.raw("{\"type\":\"market_update\",\"exchange\":\"")
            json.raw(text: exchange)
            json.raw("\",\"symbol\":\"")
            json.raw(text: symbol)
            json.raw("\",\"price\":")
            json.raw(text: Self.number(price))
            json.raw(",\"volume\":")
            json.raw(text: Self.number(volume))
            json.raw(",\"timestamp\":")
            json.decimal(publication.exchangeTime)
            json.raw(publication.isSimulated ? ",\"source\":\"simulator\"}" : "}")
        }
    }

    func gap(from: UInt64, to: UInt64, epoch: UInt64, reason: GapReason) -> ByteBuffer? { nil }

    private static func number(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "null" }
        return text
    }
}
