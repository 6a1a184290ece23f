import NIOCore
import Shared

/// Makes the WebSocket frames that carry publications: header and JSON in one buffer, ready for the socket.
///
/// One for each stream of a node; the names that stand in every frame are spelled once. Immutable, so any thread may
/// use it.
struct FrameEncoder: Sendable {
    let stream: StreamName
    private let brand: String
    private let opName: String
    private let actionName: String

    init(stream: StreamName, brand: String) {
        self.stream = stream
        self.brand = brand
        self.opName = "\(brand).\(stream.opSuffix)"
        self.actionName = stream.actionSpelling
    }

    /// How data frames of a dialect spell the stream.
    func name(in dialect: Dialect) -> String { dialect == .op ? opName : actionName }

    /// The frame of a publication with data.
    ///
    /// - Parameters:
    ///   - first: Where the frame stands for several publications, the sequence of the first of them.
    ///   - tellsEpoch: Whether the frame carries the epoch; a snapshot always does.
    func frame(
        _ publication: Publication,
        in dialect: Dialect,
        first: UInt64? = nil,
        tellsEpoch: Bool = false
    ) -> ByteBuffer {
        WebSocketFrame.text(capacity: 224 + publication.data.readableBytes) { buffer in
            switch dialect {
            case .op, .action: writeStreamMessage(publication, dialect, first, tellsEpoch, into: &buffer)
            case .type: writeMarketUpdate(publication, into: &buffer)
            }
        }
    }

    /// The frame of a gap notice; nil in a dialect that has none.
    func gap(from: UInt64, to: UInt64, epoch: UInt64, reason: GapReason, in dialect: Dialect) -> ByteBuffer? {
        let notice = ClientReply.gap(stream: name(in: dialect), from: from, to: to, epoch: epoch, reason: reason)
        let text = notice.text(in: dialect, id: nil)
        return text.readableBytes == 0 ? nil : WebSocketFrame.text(text)
    }

    private func writeStreamMessage(
        _ publication: Publication,
        _ dialect: Dialect,
        _ first: UInt64?,
        _ tellsEpoch: Bool,
        into buffer: inout ByteBuffer
    ) {
        let isSnapshot = publication.kind == .snapshot
        buffer.writeStaticString("{\"stream\":\"")
        buffer.writeString(name(in: dialect))
        buffer.writeStaticString(isSnapshot ? "\",\"type\":\"snapshot\",\"seq\":" : "\",\"type\":\"update\",\"seq\":")
        buffer.writeDecimal(publication.position.sequence)
        if let first {
            buffer.writeStaticString(",\"first\":")
            buffer.writeDecimal(first)
        }
        if tellsEpoch || isSnapshot {
            buffer.writeStaticString(",\"epoch\":")
            buffer.writeDecimal(publication.position.epoch)
        }
        buffer.writeStaticString(",\"data\":")
        buffer.writeImmutableBuffer(publication.data)
        buffer.writeStaticString(",\"timestamp\":")
        buffer.writeDecimal(publication.exchangeTime)
        if publication.isSimulated {
            buffer.writeStaticString(",\"source\":\"simulator\"}")
        } else if dialect == .op {
            buffer.writeStaticString(",\"source\":\"")
            buffer.writeString(brand)
            buffer.writeStaticString("\"}")
        } else {
            buffer.writeStaticString("}")
        }
    }

    /// The guide's shape: price and volume as JSON numbers, in the digits that the exchange sent.
    private func writeMarketUpdate(_ publication: Publication, into buffer: inout ByteBuffer) {
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
        buffer.writeStaticString("{\"type\":\"market_update\",\"exchange\":\"bybit\",\"symbol\":\"")
        buffer.writeString(stream.subject)
        buffer.writeStaticString("\",\"price\":")
        buffer.writeString(Self.number(price))
        buffer.writeStaticString(",\"volume\":")
        buffer.writeString(Self.number(volume))
        buffer.writeStaticString(",\"timestamp\":")
        buffer.writeDecimal(publication.exchangeTime)
        buffer.writeStaticString(publication.isSimulated ? ",\"source\":\"simulator\"}" : "}")
    }

    private static func number(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "null" }
        return text
    }
}
