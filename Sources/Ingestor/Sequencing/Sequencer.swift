import Core

/// Numbers the publications of every stream: contiguous per stream, under the epoch of this leader.
///
/// It remembers a stream from one term to the next: what it numbered may be lost with the history, and is not numbered
/// again unless another has led since. Its owner has it forget streams that nobody wants; where the history has their
/// heads they go on from there. Where it has none (`HISTORY_URL=none`, or nothing for longer than the head's expiry) a
/// stream begins behind every number that was forgotten: none is given twice under one epoch. Lives on the ingestor's
/// loop.
struct Sequencer: Sendable {
    let epoch: UInt64
    private var last: [StreamName: Position] = [:]
    /// The highest number of this epoch that was given to a stream which is forgotten.
    private var highestForgotten: UInt64 = 0

    /// - Parameter earlier: The sequencer of this process's term before.
    init(epoch: UInt64, continuing earlier: Sequencer? = nil) {
        self.epoch = epoch
        self.last = earlier?.last ?? [:]
    }

    /// Goes on after what the history holds of `stream`.
    ///
    /// Where another leader wrote after this process last did, its numbers count, also where they are lower: it began
    /// anew, because the history was lost, or it never saw what was numbered here and could not be delivered. Going on
    /// from memory would then leave a hole where nothing is missing. Otherwise the higher number counts.
    mutating func resume(_ stream: StreamName, after position: Position?) {
        // Without a past there is nothing to remember: clients may ask for any number of names that the exchange
        // refuses.
        guard let position, position.sequence > 0 else { return }
        if let known = last[stream], position.epoch <= known.epoch, position.sequence < known.sequence { return }
        last[stream] = position
    }

    /// Streams that are remembered.
    var count: Int { last.count }

    /// The last of each.
    var positions: [StreamName: Position] { last }

    mutating func forget(_ stream: StreamName) {
        guard let position = last.removeValue(forKey: stream), position.epoch == epoch else { return }
        highestForgotten = max(highestForgotten, position.sequence)
    }

    /// True where the stream has publications before the next one.
    func hasPast(_ stream: StreamName) -> Bool { last[stream] != nil }

    /// What an earlier term of this process numbered behind `position`, the last that the history holds of `stream`: it
    /// was not kept, or is lost. Nil where there is nothing of the kind.
    func unheld(_ stream: StreamName, after position: Position?) -> ClosedRange<UInt64>? {
        let held = position?.sequence ?? 0
        guard let known = last[stream], known.epoch < epoch, held < known.sequence else { return nil }
        return held + 1...known.sequence
    }

    /// The number behind which the stream goes on; 0 for one that is new.
    func lastSequence(of stream: StreamName) -> UInt64 { last[stream]?.sequence ?? highestForgotten }

    /// Why publications may be missing behind the last one: where that was of another term, nobody was connected to the
    /// exchange in between.
    func gapReason(_ stream: StreamName) -> GapReason { last[stream]?.epoch == epoch ? .upstream : .failover }

    mutating func next(_ stream: StreamName) -> Position {
        let position = Position(epoch: epoch, sequence: lastSequence(of: stream) + 1)
        last[stream] = position
        return position
    }
}
