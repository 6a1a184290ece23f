import Shared

/// Numbers the publications of every stream: contiguous per stream, under the epoch of this leader.
///
/// It remembers a stream for as long as the process lives, also while nobody wants it and from one term to the next: a
/// number must never be given twice. That is some hundred bytes for each stream that ever had a publication. Lives on
/// the ingestor's loop.
struct Sequencer: Sendable {
    let epoch: UInt64
    private var last: [StreamName: Position] = [:]

    /// - Parameter earlier: The sequencer of this process's term before.
    init(epoch: UInt64, continuing earlier: Sequencer? = nil) {
        self.epoch = epoch
        self.last = earlier?.last ?? [:]
    }

    /// Goes on after what the history holds of `stream`.
    mutating func resume(_ stream: StreamName, after position: Position?) {
        // Without a past there is nothing to remember: clients may ask for any number of names that the exchange
        // refuses.
        guard let position, position.sequence > 0, position.sequence >= lastSequence(of: stream) else { return }
        last[stream] = position
    }

    /// Streams that are remembered.
    var count: Int { last.count }

    /// True where the stream has publications before the next one.
    func hasPast(_ stream: StreamName) -> Bool { last[stream] != nil }

    /// The number that was given last; 0 for none.
    func lastSequence(of stream: StreamName) -> UInt64 { last[stream]?.sequence ?? 0 }

    /// Why publications may be missing behind the last one: where that was of another term, nobody was connected to the
    /// exchange in between.
    func gapReason(_ stream: StreamName) -> GapReason { last[stream]?.epoch == epoch ? .upstream : .failover }

    mutating func next(_ stream: StreamName) -> Position {
        let position = Position(epoch: epoch, sequence: lastSequence(of: stream) + 1)
        last[stream] = position
        return position
    }
}
