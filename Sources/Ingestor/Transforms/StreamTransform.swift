import NIOCore
import Shared

/// Turns the exchange's frames of one topic into the messages of one stream.
///
/// An instance belongs to one topic and lives on the ingestor's loop. A frame is taken whole or not at all: when
/// `apply` throws, the state is as it was.
protocol StreamTransform: AnyObject {
    /// Appends what the frame means to `messages`. Throws where a field is missing or of another type.
    func apply(_ frame: BybitDataFrame, to messages: inout [TransformedMessage]) throws(JSONError) -> TransformOutcome

    /// The upstream connection was lost: what comes next starts anew.
    func reset()

    /// The whole state as `data` of a snapshot; nil where there is none, or the next message brings it anyway.
    func state() -> ByteBuffer?
}

extension StreamTransform {
    func state() -> ByteBuffer? { nil }
}

struct TransformedMessage: Equatable {
    var kind: Publication.Kind
    var data: ByteBuffer
}

enum TransformOutcome: Equatable {
    case applied
    /// A change to a state that has not been sent yet: nothing can be made of it.
    case beforeSnapshot
    /// A change is missing in between: the topic has to be subscribed anew to get a snapshot.
    case outOfSequence
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
