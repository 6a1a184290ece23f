import Core

/// What can be replayed of a stream, as `ResumeDecision` looks at it: entries in the order of their sequences, of which
/// each stands there once. Between the first and the last some may be missing.
protocol ReplayLog {
    /// The first entry; nil where there is none.
    var oldest: Position? { get }
    /// The last entry; nil where there is none.
    var latest: Position? { get }

    /// The epoch of the entry with this sequence; nil where it is not there.
    func epoch(at sequence: UInt64) -> UInt64?

    /// How many entries have a higher sequence.
    func count(after sequence: UInt64) -> Int

    /// How many bytes a client would be sent of them. Asked only where they are within the limit by their number.
    func bytes(after sequence: UInt64) -> Int
}
