import Core
import NIOCore
import Stores

/// A stream that is live on a node, or was and is being healed: where it stands and its state, followed publication by
/// publication. Never copied: it is moved from one state of its relay to the next. Bounded as `StreamState` is.
struct FollowedStream: ~Copyable {
    private(set) var state: StreamState
    /// It went live while the history could not be read, or its last entry: what that holds may be older than any client.
    let isPastUnknown: Bool
    /// Of the last data: the first data of another epoch tells it, also where a gap has told it before.
    private var dataEpoch: UInt64?
    /// How far the ingestor has said that the stream goes: what is neither heard nor in the history is a gap.
    private var told: Position?
    /// The state of a book is not known, and the ingestor has been asked for it.
    private var lacksState = false
    /// Looked for once for each publication.
    private let conflationKey: ConflationKey?

    /// - Parameter slice: As much of the log as tells the state; nil where it could not be read.
    init(_ descriptor: StreamDescriptor, from slice: HistorySlice?, told: Position? = nil) {
        var state = StreamState(descriptor)
        state.apply(slice ?? HistorySlice())
        // Not read, or read up to an entry that can't be: then nobody can say where the stream stood when its clients came.
        let hasPlace = state.position != nil
        isPastUnknown = slice.map { $0.latest != nil && !hasPlace } ?? true
        let data = slice?.entries.last { $0.carriesData }
        dataEpoch = (data?.position ?? state.position)?.epoch
        conflationKey = descriptor.conflationKey
        self.state = state
        self.told = told
    }

    var position: Position? { state.position }

    func continuity(of publication: Publication) -> Continuity {
        guard let last = state.position else { return .next }
        // Outside the sequence, but not outside the terms: a former leader refuses nothing.
        guard publication.kind != .refusal else { return publication.position.epoch < last.epoch ? .stale : .next }
        guard publication.position > last else { return .stale }
        return publication.position.sequence == last.sequence + 1 ? .next : .hole
    }

    /// Follows what comes next, or behind a hole that stays, and makes what the shards get.
    mutating func take(_ publication: Publication) -> Envelope {
        guard publication.isSequenced else { return Envelope(publication, opensEpoch: false) }
        if continuity(of: publication) == .hole { state.invalidate() }
        state.apply(publication)
        let opensEpoch = publication.carriesData && dataEpoch != publication.position.epoch
        if publication.carriesData { dataEpoch = publication.position.epoch }
        let object = publication.carriesData ? conflationKey?.object(of: publication.data) : nil
        return Envelope(publication, opensEpoch: opensEpoch, object: object)
    }

    /// Follows them without what is stale by now.
    mutating func take(_ publications: [Publication]) -> [ShardItem] {
        var items: [ShardItem] = []
        for publication in publications where continuity(of: publication) != .stale {
            items.append(.publication(take(publication)))
        }
        return items
    }

    /// What is to be told of the state since this was asked last.
    mutating func news() -> StateNews? {
        guard lacksState == state.hasBase else { return nil }
        lacksState.toggle()
        return lacksState ? .missing : .known
    }

    /// Whether `publications` follow without a hole; nil where there is no place to follow on, or none of them does.
    func isContinued(by publications: [Publication]) -> Bool? {
        guard let position else { return nil }
        var last = position
        var isWhole = true
        for publication in publications where publication.position > last {
            if publication.position.sequence != last.sequence + 1 { isWhole = false }
            last = publication.position
        }
        return last == position ? nil : isWhole
    }

    /// The ingestor has published up to there; nil: up to who knows where. False where that was heard already.
    mutating func tell(_ position: Position?) -> Bool {
        guard let position else { return true }
        if let heard = state.position, position <= heard { return false }
        told = max(told ?? position, position)
        return true
    }

    /// The history was read, and does not have all that the ingestor has told of: the gap that stands for it.
    ///
    /// - Parameter now: In microseconds since 1970.
    mutating func unheard(of stream: StreamName, at now: Int64) -> Publication? {
        guard let told = told.take() else { return nil }
        guard let position else {
            state.move(to: told)
            return nil
        }
        guard position < told else { return nil }
        return Publication(
            stream: stream,
            position: told,
            kind: .gap(.edge),
            exchangeTime: now / 1000,
            ingestTime: now
        )
    }
}

extension StreamState {
    /// Follows what the history holds.
    mutating func apply(_ slice: HistorySlice) {
        for publication in slice.entries {
            // A hole in the log: what a book was before it is worth nothing.
            if let last = position, publication.position.sequence != last.sequence + 1 { invalidate() }
            apply(publication)
        }
        // Of an entry that can't be read nobody knows the epoch, and so no position can be told.
        if let latest = slice.latest, latest.epoch > 0, position != latest { move(to: latest) }
    }
}
