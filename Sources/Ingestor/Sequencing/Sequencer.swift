import Shared

/// Numbers the publications of every stream: contiguous per stream, under the epoch of this leader.
///
/// It remembers a stream for as long as the process lives, also while nobody wants it: a number must never be given
/// twice. That is some hundred bytes for each stream that ever had a publication. Lives on the ingestor's loop.
struct Sequencer {
    let epoch: UInt64
    private var last: [StreamName: UInt64] = [:]

    init(epoch: UInt64) {
        self.epoch = epoch
    }

    /// Goes on after what the history holds of `stream`.
    mutating func resume(_ stream: StreamName, after position: Position?) {
        // Without a past there is nothing to remember: clients may ask for any number of names that the exchange
        // refuses.
        guard let position, position.sequence > 0 else { return }
        last[stream] = max(last[stream] ?? 0, position.sequence)
    }

    /// Streams that are remembered.
    var count: Int { last.count }

    /// True where the stream has publications before the next one.
    func hasPast(_ stream: StreamName) -> Bool { (last[stream] ?? 0) > 0 }

    mutating func next(_ stream: StreamName) -> Position {
        let sequence = (last[stream] ?? 0) + 1
        last[stream] = sequence
        return Position(epoch: epoch, sequence: sequence)
    }
}
