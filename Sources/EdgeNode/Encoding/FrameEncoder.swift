import Core
import NIOCore

/// Makes the WebSocket frames that carry publications: header and JSON in one buffer, ready for the socket.
///
/// One for each stream of a node; the names that stand in every frame are spelled once. Immutable, so any thread may
/// use it.
struct FrameEncoder: Sendable {
    let descriptor: StreamDescriptor
    private let brand: String
    private let opName: String
    private let actionName: String

    init(_ descriptor: StreamDescriptor, brand: String) {
        self.descriptor = descriptor
        self.brand = brand
        self.opName = "\(brand).\(descriptor.presentation.name(in: .op))"
        self.actionName = descriptor.presentation.name(in: .action)
    }

    var stream: StreamName { descriptor.name }

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
        let capacity = capacity(of: publication)
        return WebSocketFrame.text(capacity: capacity) { buffer in
            switch dialect {
            case .op, .action:
                buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { room in
                    // No more than was asked for, so that a sum that is too small is found by its test.
                    var text = TextWriter(UnsafeMutableRawBufferPointer(rebasing: room.prefix(capacity)))
                    writeStreamMessage(publication, dialect, first, tellsEpoch, into: &text)
                    return text.count
                }
            case .type: writeMarketUpdate(publication, into: &buffer)
            }
        }
    }

    /// All that is always the same, with four numbers of 20 digits, is less than 192 bytes.
    private func capacity(of publication: Publication) -> Int {
        192 + max(opName.utf8.count, actionName.utf8.count) + brand.utf8.count + publication.data.readableBytes
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
        into text: inout TextWriter
    ) {
        let isSnapshot = publication.kind == .snapshot
        text.write("{\"stream\":\"")
        text.write(text: name(in: dialect))
        if publication.kind == .transient {
            text.write("\",\"type\":\"transient\"")
        } else {
            text.write(isSnapshot ? "\",\"type\":\"snapshot\",\"seq\":" : "\",\"type\":\"update\",\"seq\":")
            text.write(decimal: publication.position.sequence)
            if let first {
                text.write(",\"first\":")
                text.write(decimal: first)
            }
            if tellsEpoch || isSnapshot {
                text.write(",\"epoch\":")
                text.write(decimal: publication.position.epoch)
            }
        }
        text.write(",\"data\":")
        text.write(publication.data)
        text.write(",\"timestamp\":")
        text.write(decimal: publication.exchangeTime)
        if publication.isSimulated {
            text.write(",\"source\":\"simulator\"}")
        } else if dialect == .op {
            text.write(",\"source\":\"")
            text.write(text: brand)
            text.write("\"}")
        } else {
            text.write("}")
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
        buffer.writeStaticString("{\"type\":\"market_update\",\"exchange\":\"")
        buffer.writeString(descriptor.presentation.source)
        buffer.writeStaticString("\",\"symbol\":\"")
        buffer.writeString(descriptor.presentation.subject)
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
