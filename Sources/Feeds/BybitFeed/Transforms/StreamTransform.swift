import BybitCatalog
import Core
import FeedKit
import NIOCore

/// Turns the exchange's frames of one topic into the messages of one stream.
///
/// An instance belongs to one topic and lives on the ingestor's loop. What can be used of a frame is used, where the
/// rest does not make it wrong: a trade beside a bad one, a field of a ticker. When `apply` throws, the state is as it
/// was.
protocol StreamTransform: AnyObject {
    /// Appends what the frame means to `messages`. Throws where nothing of it can be used.
    func apply(_ frame: BybitDataFrame, to messages: inout [FeedMessage]) throws(JSONError) -> TransformOutcome

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

extension BybitStream {
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
