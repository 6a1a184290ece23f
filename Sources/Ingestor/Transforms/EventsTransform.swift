import NIOCore
import Shared

/// Streams whose every message counts: one publication a frame, its data the array of the frame's events in their
/// order.
final class EventsTransform<Event: ExchangeEvent>: StreamTransform {
    private let symbol: String
    /// Reused between frames: what the data are written into.
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
            try Event.transform(&cursor, symbol: symbol, into: &json)
        }
        json.raw("]")
        if count > 0 { messages.append(TransformedMessage(kind: .update, data: json.makeBuffer())) }
        return .applied
    }
}

/// One event of the exchange, on its way from one JSON object to another.
protocol ExchangeEvent {
    /// Reads the event that comes next and writes what clients get. Throws where a field is missing or mistyped, or the
    /// event is not `symbol`'s.
    static func transform(
        _ cursor: inout JSONCursor,
        symbol: String,
        into json: inout JSONBytes
    ) throws(JSONError)
}
