import Core
import FeedKit
import NIOCore

/// Streams whose every message counts: one publication a frame, its data the array of the frame's events in their
/// order. An event that can't be used costs itself and a gap.
final class EventsTransform<Event: ExchangeEvent>: StreamTransform {
    private let symbol: String
    /// Reused between frames: what the data are written into.
    private var scratch = JSONWriter(capacity: 1024)

    init(symbol: String) {
        self.symbol = symbol
    }

    var costOfAFrame: UnreadableCost { .message }

    func reset() {}

    func apply(
        _ frame: BybitDataFrame,
        to messages: inout [FeedMessage]
    ) throws(JSONError) -> TransformOutcome {
        var json = JSONWriter(capacity: 0)
        swap(&json, &scratch)
        defer { swap(&json, &scratch) }
        json.removeAll()
        json.raw("[")
        let (failure, _) = frame.forEachElement { (cursor) throws(JSONError) in
            let end = json.count
            if end > 1 { json.raw(",") }
            do throws(JSONError) {
                try Event.transform(&cursor, symbol: symbol, into: &json)
            } catch {
                json.truncate(to: end)
                throw error
            }
        }
        let isEmpty = json.count == 1
        json.raw("]")
        if !isEmpty { messages.append(FeedMessage(kind: .update, data: json.makeBuffer())) }
        return failure.map { .incomplete(.message, $0) } ?? .applied
    }
}

/// One event of the exchange, on its way from one JSON object to another.
protocol ExchangeEvent {
    /// Reads the event that comes next and writes what clients get. Throws where a field is missing that the event
    /// means nothing without, or can't be read, or the event is not `symbol`'s; what it has written then is thrown away.
    static func transform(
        _ cursor: inout JSONCursor,
        symbol: String,
        into json: inout JSONWriter
    ) throws(JSONError)
}
