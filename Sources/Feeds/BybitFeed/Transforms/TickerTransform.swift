import Core
import FeedKit
import NIOCore

/// Merges the exchange's ticker deltas into the whole state and publishes that: a field that a delta leaves out keeps
/// its value, and one never seen is left out, so no client is ever shown a price that the exchange did not send. Only
/// the price is always there: empty where a snapshot has none, as for a contract that is not traded yet.
///
/// A field that can't be read keeps its value too, and costs a snapshot: what the others say is shown at once.
///
/// The state is the last data that was published, and where in it each value stands. The next data are written from the
/// frame's bytes and from those: no value is ever made into a string of its own.
final class TickerTransform: StreamTransform {
    private let symbol: String
    private var published = JSONWriter(capacity: 1024)
    /// Where each field's value stands in `published`; nil for one that the exchange has not sent.
    private var places = [Range<Int>?](repeating: nil, count: TickerField.allCases.count)
    private var hasSnapshot = false
    /// Reused between frames: what the next data are written into.
    private var spare = JSONWriter(capacity: 1024)

    init(symbol: String) {
        self.symbol = symbol
    }

    func reset() { hasSnapshot = false }

    func state() -> ByteBuffer? { hasSnapshot ? published.makeBuffer() : nil }

    func apply(
        _ frame: BybitDataFrame,
        to messages: inout [FeedMessage]
    ) throws(JSONError) -> TransformOutcome {
        guard frame.isSnapshot || hasSnapshot else { return .beforeSnapshot }
        var fields = TickerFields(isSnapshot: frame.isSnapshot)
        try fields.read(frame.data, symbol: symbol)
        if frame.isSnapshot {
            for index in places.indices { places[index] = nil }
        }
        publish(fields.values)
        hasSnapshot = true
        messages.append(
            FeedMessage(kind: frame.isSnapshot ? .snapshot : .update, data: published.makeBuffer())
        )
        return fields.failure.map { .incomplete(.snapshot, $0) } ?? .applied
    }

    /// Writes the new state: each value from the frame, or else from the state before.
    private func publish(_ incoming: [JSONScalar?]) {
        // Taken out of their properties while they are used, so that the writes need no run-time check of access.
        var json = JSONWriter(capacity: 0)
        swap(&json, &spare)
        var places = places
        self.places = []
        json.removeAll()
        json.raw("{\"symbol\":\"")
        json.raw(text: symbol)
        json.raw("\"")
        published.withBytes { before in
            for field in TickerField.allCases {
                let index = field.rawValue
                guard incoming[index] != nil || places[index] != nil else { continue }
                // Price and size are one object. They travel together; a size alone would mean nothing.
                if field.isSize, places[index - 1] == nil { continue }
                json.raw(field.opening)
                let start = json.count
                if let value = incoming[index] {
                    if field == .price24hPcnt {
                        json.raw(text: Percentage.text(ofRatio: value.text))
                    } else {
                        json.scalar(value)
                    }
                } else if let place = places[index] {
                    json.raw(UnsafeRawBufferPointer(rebasing: before[place]))
                }
                places[index] = start..<json.count
                let isLastOfQuote =
                    field.isSize || field.isPrice && incoming[index + 1] == nil && places[index + 1] == nil
                json.raw(isLastOfQuote ? "\"}" : "\"")
            }
        }
        json.raw("}")
        self.places = places
        swap(&json, &published)
        swap(&json, &spare)
    }
}
