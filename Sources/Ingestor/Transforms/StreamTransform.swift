import Core
import NIOCore

/// Turns the exchange's frames of one topic into the messages of one stream.
///
/// An instance belongs to one topic and lives on the ingestor's loop. What can be used of a frame is used, where the
/// rest does not make it wrong: a trade beside a bad one, a field of a ticker. When `apply` throws, the state is as it
/// was.
protocol StreamTransform: AnyObject {
    /// Appends what the frame means to `messages`. Throws where nothing of it can be used.
    func apply(_ frame: BybitDataFrame, to messages: inout [TransformedMessage]) throws(JSONError) -> TransformOutcome

    /// The upstream connection was lost: what comes next starts anew.
    func reset()

    /// The whole state as `data` of a snapshot; nil where there is none, or the next message brings it anyway.
    func state() -> ByteBuffer?

    /// What a frame costs of which nothing can be used.
    var costOfAFrame: UnreadableCost { get }
}

extension StreamTransform {
    func state() -> ByteBuffer? { nil }
    var costOfAFrame: UnreadableCost { .snapshot }
}

struct TransformedMessage: Equatable {
    var kind: Publication.Kind
    var data: ByteBuffer
}

enum TransformOutcome: Equatable {
    case applied
    /// A part of the frame could not be used, or all of it where there are no messages.
    case incomplete(UnreadableCost, JSONError)
    /// A change to a state that has not been sent yet: nothing can be made of it.
    case beforeSnapshot
    /// A change is missing in between: the topic has to be subscribed anew to get a snapshot.
    case outOfSequence
}

/// What it costs a stream that something of its topic could not be read.
enum UnreadableCost: Equatable {
    /// Its state may be wrong: a snapshot puts it right.
    case snapshot
    /// A message that nothing brings back: a gap. Where the stream has state, a snapshot too.
    case message
}

extension StreamName {
    func makeTransform() -> any StreamTransform {
        switch kind {
        case .ticker: TickerTransform(symbol: subject)
        case .kline(let interval): KlineTransform(symbol: subject, interval: interval)
        case .trade: TradeTransform(symbol: subject)
        case .liquidation: LiquidationTransform(symbol: subject)
        case .depth(let levels): DepthTransform(symbol: subject, levels: levels)
        // The exchange's public feed has no orders: `BybitTopic` refuses them before a transform is made.
        case .orders: TradeTransform(symbol: subject)
        }
    }
}
