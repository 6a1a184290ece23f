import Core
import DequeModule
import NIOCore

/// The last state of each object that is over, in a stream that tells of one after the other: each candle's close. For clients
/// that it was held back from, since the next candle does not replace it.
///
/// A subscription's debt stays one number: from there on it is owed the last state of each object. Bounded by `maximum`: a debt
/// that reaches further back is paid with the newest state, as a snapshot. Part of a `StreamFanOut`, on its shard's loop.
struct ClosedObjects {
    static let maximum = 16

    private var entries: Deque<Publication> = []
    /// Of the newest state.
    private var current: Int64?
    /// What was over before this sequence may be missing here.
    private var completeFrom: UInt64

    init(current: Int64? = nil, completeFrom: UInt64 = 0) {
        self.current = current
        self.completeFrom = completeFrom
    }

    var count: Int { entries.count }

    /// `publication` is the next state, of `object`; `newest` was the last before it.
    mutating func follow(_ publication: Publication, of object: Int64, after newest: Publication?) {
        let before = current
        current = object
        guard let newest, let before else { return }
        guard newest.position.sequence < publication.position.sequence else {
            // A numbering that went back.
            self = ClosedObjects(current: object)
            return
        }
        guard before != object else { return }
        var closed = newest
        // Else it would keep all that was read along with it.
        closed.data = ByteBuffer(bytes: newest.data.readableBytesView)
        entries.append(closed)
        if entries.count > Self.maximum { completeFrom = entries.removeFirst().position.sequence + 1 }
    }

    /// Whether the last states from `sequence` on are all here.
    func isComplete(from sequence: UInt64) -> Bool { sequence >= completeFrom }

    /// The first last state from `sequence` on; nil where that is the newest.
    func first(from sequence: UInt64) -> Publication? { entries.first { $0.position.sequence >= sequence } }
}
