import Core
import NIOCore

/// One stream on its way through the hub: who wants it, and its state. Touched under the hub's lock only.
struct Relay {
    enum Phase {
        /// The broker is being asked, or the history read: live publications are kept until that is done.
        case loading
        case live
        /// Publications may be missing and the history is being read for them: live ones are kept until that is done.
        case healing
        /// The last shard has left; the broker is being told.
        case unsubscribing
    }

    /// What a live publication is to the stream's place in the sequence.
    enum Continuity {
        case next
        /// Something is missing before it, or the numbering has started anew under a higher epoch.
        case hole
        /// It repeats what was there, or comes from an older leader.
        case stale
    }

    /// What became of a live publication.
    enum Reception {
        /// For later, or for nobody any longer.
        case kept
        case stale
        /// Something is missing before it: it is kept, and the history is to be read.
        case torn
        /// These shards are to be given this.
        case next(ShardItem, shards: UInt64)
    }

    /// Live publications that are kept while a stream is loading or healing. More than that are dropped, and read from the
    /// history afterwards.
    static let maximumPending = 10_000

    var phase = Phase.loading
    /// One bit for each shard.
    var shards: UInt64
    /// More may be missing than what is being read for now: it has to be read again.
    var isSuspect = false
    /// It went live while the history could not be read, or its last entry: what that holds may be older than any client.
    var isPastUnknown = false
    /// The read of the log that is under way for clients that resume.
    var logRead: LogRead?
    /// The one for those that asked since it began.
    var laterLogRead: LogRead?
    let descriptor: StreamDescriptor
    /// For the shards, which make them.
    let snapshots: SnapshotCache
    /// Looked for once for each publication.
    private let conflationKey: ConflationKey?
    let deliveryClass: DeliveryClass
    var state: StreamState
    var pending: [Publication] = []
    /// The last that had been heard when the read of the history under way began: what that read does not have before it
    /// is nowhere. What is missing before later ones was not looked for yet.
    var heard: Position?
    /// Of the last data: the first data of another epoch tells it, also where a gap has told it before.
    var dataEpoch: UInt64?
    /// How far the ingestor has said that the stream goes: what is neither heard nor in the history is a gap.
    var told: Position?
    /// The ingestor has been asked for the state, which has not come yet.
    var asksForState = false
    /// 0 once the stream has been heard; before that the lowest of those who want it: see `DemandAnnouncement`.
    var rank: Int

    init(
        shards: UInt64,
        descriptor: StreamDescriptor,
        snapshots: SnapshotCache = SnapshotCache(),
        rank: Int = 0
    ) {
        self.shards = shards
        self.rank = rank
        self.descriptor = descriptor
        self.snapshots = snapshots
        self.conflationKey = descriptor.conflationKey
        self.deliveryClass = descriptor.deliveryClass
        self.state = StreamState(descriptor)
    }
}

extension Relay {
    var stream: StreamName { descriptor.name }

    /// Whether its stream can have such a one: what has no number is of a stream without numbers, and only that.
    func admits(_ publication: Publication) -> Bool {
        (publication.kind == .transient) == (deliveryClass == .transient) || publication.kind == .refusal
    }

    func continuity(of publication: Publication) -> Continuity {
        guard let last = state.position else { return .next }
        // Outside the sequence, but not outside the terms: a former leader refuses nothing.
        guard publication.kind != .refusal else { return publication.position.epoch < last.epoch ? .stale : .next }
        guard publication.position > last else { return .stale }
        return publication.position.sequence == last.sequence + 1 ? .next : .hole
    }

    /// What was kept ends with the exchange's refusal.
    var refusal: Publication? { pending.first { $0.kind == .refusal && continuity(of: $0) != .stale } }

    /// Takes what the broker delivers.
    mutating func receive(_ publication: Publication) -> Reception {
        switch phase {
        case .unsubscribing: return .kept
        case .loading, .healing:
            keep(publication)
            return .kept
        case .live: break
        }
        switch continuity(of: publication) {
        case .stale: return .stale
        case .hole:
            phase = .healing
            keep(publication)
            return .torn
        case .next: return .next(take(publication), shards: shards)
        }
    }

    mutating func keep(_ publication: Publication) {
        if pending.count < Self.maximumPending {
            pending.append(publication)
        } else {
            isSuspect = deliveryClass.isSequenced
        }
    }

    /// The history is about to be read for what is missing.
    mutating func beginReading() {
        isSuspect = false
        heard = pending.map(\.position).max()
    }

    /// Hands out what comes next, up to the first hole that was not looked for yet: the rest is kept.
    ///
    /// - Parameter looked: Up to where the history was read for what is missing.
    mutating func keepBehindHole(_ publications: [Publication], lookedUpTo looked: Position?) -> [Publication] {
        var last = state.position
        for (index, publication) in publications.enumerated() where deliveryClass.isSequenced {
            if let before = last {
                guard publication.position > before else { continue }
                if publication.position.sequence != before.sequence + 1,
                    looked.map({ publication.position > $0 }) ?? true
                {
                    pending = Array(publications[index...])
                    return Array(publications[..<index])
                }
            }
            last = publication.position
        }
        pending = []
        return publications
    }

    /// Follows the stream's state and makes what the shards get.
    mutating func take(_ publication: Publication) -> ShardItem {
        guard publication.kind != .refusal else {
            return .refused(publication.stream, reason: String(buffer: publication.data))
        }
        guard publication.isSequenced else {
            return .publication(Envelope(publication, opensEpoch: false))
        }
        if continuity(of: publication) == .hole { state.invalidate() }
        state.apply(publication)
        let opensEpoch = publication.carriesData && dataEpoch != publication.position.epoch
        if publication.carriesData { dataEpoch = publication.position.epoch }
        let object = publication.carriesData ? conflationKey?.object(of: publication.data) : nil
        return .publication(Envelope(publication, opensEpoch: opensEpoch, object: object))
    }

    /// The shards have been told that the stream is over.
    mutating func end() {
        shards = 0
        phase = .unsubscribing
    }
}
