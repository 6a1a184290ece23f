import Core
import Stores

/// What the hub hands to a shard, in the order in which it happened per stream.
enum ShardItem: Sendable {
    case publication(Envelope)
    /// The stream is live on this node: this is its state, and every publication after it will follow.
    case activated(StreamName, StreamState)
    /// Publications of the stream were dropped here, and nothing may follow that tells so.
    case dropped(StreamName)
    /// What the history holds of the stream, for clients that resume; nil where it can't be read.
    case log(StreamName, LogRead.Number, HistorySlice?)
    /// The broker or the history could not be asked; nothing of the stream will come.
    case failed(StreamName, reason: String)
    /// The exchange will not serve it.
    case refused(StreamName, reason: String)
}
