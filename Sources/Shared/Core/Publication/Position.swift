/// A place in a stream: the term of the leader that authored a publication, and its number in the stream.
///
/// Ordered by epoch first. Sequences start at 1 and are contiguous across epochs; sequence 0 means "before the first".
package struct Position: Hashable, Sendable, Comparable {
    package let epoch: UInt64
    package let sequence: UInt64

    package init(epoch: UInt64, sequence: UInt64) {
        self.epoch = epoch
        self.sequence = sequence
    }

    /// The highest epoch and the highest sequence that are taken from outside: what follows on it can still be counted.
    package static let highest = UInt64(Int64.max)

    /// Whether a leader can have given these numbers: both begin at 1. What is read from a store and says otherwise is
    /// refused there, so that nothing behind it must fear a number.
    package var isPossible: Bool {
        (1...Self.highest).contains(epoch) && (1...Self.highest).contains(sequence)
    }

    package static func < (left: Position, right: Position) -> Bool {
        (left.epoch, left.sequence) < (right.epoch, right.sequence)
    }
}
