import BybitCatalog
import Core
import FeedKit
import NIOCore

/// Candles: each frame holds the whole state of the candle that is open, or of the one that has just closed.
///
/// A candle that can't be used costs a snapshot, which brings the open one; where it may have been the close of one,
/// that is gone for good, and is told as a gap.
final class KlineTransform: StreamTransform {
    private let symbol: String
    private let interval: KlineInterval
    private var hasState = false

    init(symbol: String, interval: KlineInterval) {
        self.symbol = symbol
        self.interval = interval
    }

    /// Nobody can tell whether it held a close.
    var costOfAFrame: UnreadableCost { .message }

    func reset() { hasState = false }

    func apply(
        _ frame: BybitDataFrame,
        to messages: inout [FeedMessage]
    ) throws(JSONError) -> TransformOutcome {
        var cost: UnreadableCost = .snapshot
        let (failure, isCut) = frame.forEachElement { (cursor) throws(JSONError) in
            var candle = CandleFields()
            do throws(JSONError) {
                try candle.read(&cursor, of: interval)
                let data = try candle.data(symbol: symbol, interval: interval, at: cursor)
                messages.append(FeedMessage(kind: hasState ? .update : .snapshot, data: data))
                hasState = true
            } catch {
                if candle.confirm != false { cost = .message }
                throw error
            }
        }
        guard let failure else { return .applied }
        return .incomplete(isCut ? .message : cost, failure)
    }
}
