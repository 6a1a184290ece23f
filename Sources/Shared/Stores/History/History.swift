import Core

/// The bounded log of each stream, from which missed publications are read again.
///
/// It keeps what the ingestor authored and numbers nothing itself.
package protocol History: StoreConnection {
    /// Appends a batch, in order, all of one epoch; without what has no place in the sequence. Refuses an epoch that is
    /// lower than one that it has seen, and a sequence that is not higher than the last of another epoch in that stream:
    /// throws `HistoryError` and keeps nothing
    /// of that stream's rest. What it has already under the same epoch and sequence is passed over, so that an append
    /// whose answer was lost can be repeated. A log that can't be used keeps nothing of the other streams back: throws
    /// `HistoryError.unusable` when these are kept.
    func append(_ batch: [Publication]) async throws

    /// The log of `stream` from `sequence` on (inclusive), at most `limit` entries, with its bounds.
    ///
    /// Where the log is gone, `latest` is still the stream's last position, for as long as that is remembered: whoever
    /// numbers the stream goes on from it, and whoever stands there has missed nothing.
    ///
    /// An entry that can't be read (foreign, or of a newer release) is left out, and said in the log: to a reader it is a
    /// hole in the sequence.
    func read(_ stream: StreamName, from sequence: UInt64, limit: Int) async throws -> HistorySlice

    /// Ends its connections.
    func close() async
}

/// A part of a stream's log.
package struct HistorySlice: Sendable, Hashable {
    package var entries: [Publication]
    /// The first entry that the log holds; nil where it holds none.
    package var oldest: Position?
    /// The last entry that the log holds; where it holds none, where the stream stood when it last held one.
    package var latest: Position?

    package init(entries: [Publication] = [], oldest: Position? = nil, latest: Position? = nil) {
        self.entries = entries
        self.oldest = oldest
        self.latest = latest
    }
}

package enum HistoryError: Error, Hashable, CustomStringConvertible {
    /// Somebody with a higher term has written: this writer is no longer the leader.
    case fenced(StreamName, epoch: UInt64, current: UInt64)
    /// The sequence would repeat one that is there, or run backwards.
    case outOfOrder(StreamName, sequence: UInt64, last: UInt64)
    /// The logs of these streams alone can't be written or read, with the store's words: somebody else uses their place.
    case unusable([StreamName: String])

    package var description: String {
        switch self {
        case .fenced(let stream, let epoch, let current):
            "\(stream): the history has seen epoch \(current) and refuses epoch \(epoch): another ingestor leads now"
        case .outOfOrder(let stream, let sequence, let last):
            "\(stream): the history's last sequence is \(last) and it refuses sequence \(sequence)"
        case .unusable(let logs): Self.words(of: logs)
        }
    }

    /// One of the logs, and how many others there are.
    package static func words(of logs: [StreamName: String]) -> String {
        guard let (stream, reason) = logs.min(by: { $0.key.canonical < $1.key.canonical }) else { return "no log" }
        let others = logs.count > 1 ? " (and \(logs.count - 1) more)" : ""
        return "the log of \(stream)\(others) can't be used: \(reason)"
    }
}
