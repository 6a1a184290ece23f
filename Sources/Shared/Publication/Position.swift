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

    package static func < (left: Position, right: Position) -> Bool {
        (left.epoch, left.sequence) < (right.epoch, right.sequence)
    }
}
