/// The bounded log of each stream, from which missed publications are read again.
///
/// It keeps what the ingestor authored and numbers nothing itself.
package protocol History: Sendable {
    /// Appends a batch, in order. Refuses a publication whose epoch is lower than one that it has seen in that stream,
    /// or whose sequence is not higher than the stream's last: throws `HistoryError` and keeps nothing of that stream's
    /// rest.
    func append(_ batch: [Publication]) async throws

    /// The log of `stream` from `sequence` on (inclusive), at most `limit` entries, with its bounds.
    func read(_ stream: StreamName, from sequence: UInt64, limit: Int) async throws -> HistorySlice
}

/// A part of a stream's log.
package struct HistorySlice: Sendable, Hashable {
    package var entries: [Publication]
    /// The first and the last entry that the log holds; nil where it holds none.
    package var oldest: Position?
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

    package var description: String {
        switch self {
        case .fenced(let stream, let epoch, let current):
            "\(stream): the history has seen epoch \(current) and refuses epoch \(epoch): another ingestor leads now"
        case .outOfOrder(let stream, let sequence, let last):
            "\(stream): the history's last sequence is \(last) and it refuses sequence \(sequence)"
        }
    }
}
