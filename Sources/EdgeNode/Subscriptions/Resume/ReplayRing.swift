import Core
import DequeModule
import NIOCore

/// The newest publications of a stream on one shard, kept for a while after a client has resumed there, so that a herd of
/// clients that come back is one read of the history. Lives on its shard's loop.
///
/// It begins by recording what comes live; the log that the history answers with is put in front. From then on it ends
/// where the shard's own state of the stream ends. Bounded by `maximumEntries` and `maximumBytes`: the oldest go first.
struct ReplayRing {
    static let maximumEntries = 10_000
    static let maximumBytes = 16 << 20

    /// False until the log has come.
    private(set) var isComplete = false
    private(set) var entries: Deque<Envelope> = []
    private var bytes = 0
    /// The last stretch that was asked for: most clients of a herd ask for the same.
    private var cached: (first: UInt64, last: Position, variant: Variant, frames: ByteBuffer)?
    var lastUsed: NIODeadline
    /// The read of the log that completes it.
    let read: LogRead.Number

    init(at now: NIODeadline, awaiting read: LogRead.Number) {
        lastUsed = now
        self.read = read
    }

    var oldest: Position? { entries.first?.publication.position }
    var latest: Position? { entries.last?.publication.position }

    /// The next publication that the shard has seen.
    mutating func append(_ envelope: Envelope) {
        // A numbering that went back ends what can be replayed.
        if let latest, envelope.publication.position.sequence <= latest.sequence { removeAll() }
        entries.append(envelope)
        bytes += envelope.publication.data.readableBytes
        while entries.count > Self.maximumEntries || bytes > Self.maximumBytes { removeFirst() }
    }

    /// Puts what the history holds in front of what was recorded. What the shard has not seen yet, it will see.
    mutating func complete(with log: [Publication], upTo position: Position?) {
        isComplete = true
        let recorded = entries
        let end = recorded.first?.publication.position
        removeAll()
        var told: UInt64?
        for publication in log where position.map({ publication.position <= $0 }) ?? false {
            guard end.map({ publication.position < $0 }) ?? true else { break }
            append(Envelope(publication, opensEpoch: publication.opens(after: &told)))
        }
        for envelope in recorded {
            // The node has heard of its epoch, but from a gap perhaps.
            let opensEpoch = envelope.publication.opens(after: &told)
            let isTold = envelope.opensEpoch || !opensEpoch
            append(isTold ? envelope : Envelope(envelope.publication, opensEpoch: true))
        }
    }

    /// Whether it ends with a gap under an epoch that no data in front of it has told.
    var endsInUntoldEpoch: Bool {
        guard let last = entries.last?.publication, !last.carriesData else { return false }
        let data = entries.last { $0.publication.carriesData }
        return data?.publication.position.epoch != last.position.epoch
    }

    /// Where the entry with `sequence`, or the first after it, stands.
    func index(of sequence: UInt64) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].publication.position.sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The frames of all from `sequence` on, one behind the other.
    mutating func frames(from sequence: UInt64, _ variant: Variant, by encoder: any FrameEncoder) -> ByteBuffer {
        guard let latest else { return ByteBuffer() }
        if let cached, cached.first == sequence, cached.last == latest, cached.variant == variant {
            return cached.frames
        }
        var frames = ByteBuffer()
        for index in index(of: sequence)..<entries.count {
            frames.writeImmutableBuffer(entries[index].frame(variant, by: encoder))
        }
        cached = (sequence, latest, variant, frames)
        return frames
    }

    private mutating func removeFirst() {
        guard let first = entries.popFirst() else { return }
        bytes -= first.publication.data.readableBytes
    }

    private mutating func removeAll() {
        entries.removeAll()
        bytes = 0
    }
}

extension Publication {
    /// Whether it is the first data of an epoch. `told` is that of the last data.
    fileprivate func opens(after told: inout UInt64?) -> Bool {
        guard carriesData else { return false }
        defer { told = position.epoch }
        return told != position.epoch
    }
}

extension ReplayRing: ReplayLog {
    func epoch(at sequence: UInt64) -> UInt64? {
        let index = index(of: sequence)
        guard index < entries.count, entries[index].publication.position.sequence == sequence else { return nil }
        return entries[index].publication.position.epoch
    }

    func count(after sequence: UInt64) -> Int {
        sequence == .max ? 0 : entries.count - index(of: sequence + 1)
    }

    /// Of the data alone.
    func bytes(after sequence: UInt64) -> Int {
        guard sequence < .max else { return 0 }
        return entries[index(of: sequence + 1)...].reduce(0) { $0 + $1.publication.data.readableBytes }
    }
}
