import Core
import NIOCore

/// One stream on one shard: its subscribers, and its state for those that join. Lives on the shard's loop.
final class StreamFanOut {
    enum Phase {
        /// The hub has been asked; requests wait for its answer.
        case activating(since: NIODeadline)
        case live
    }

    let descriptor: StreamDescriptor
    let encoder: FrameEncoder
    var phase: Phase
    private(set) var state: StreamState
    private(set) var closed = ClosedObjects()
    /// The state for those that join, made once for all of them; nil once the stream has moved on.
    private var joining: EncodedPublication?
    /// Requests that can't be answered yet and need this stream; it may be live, and another one of theirs not. Those
    /// that have been answered are taken out by the sweep.
    var waiting: [PendingSubscribe] = []
    /// What clients that resume get; nil where none has for a while.
    var replay: ReplayRing?
    /// A book whose state is not known: from this sequence on its changes are of no use to anybody and are held back from
    /// everybody, until a snapshot comes.
    var heldFrom: UInt64?
    /// The next whole state is told as a snapshot: nobody here knew the state before it.
    var promotesNext = false
    /// Of the last data that was given to clients; nil where they must be told it by the next.
    var dataEpoch: UInt64?
    /// Some subscriptions have `lacksState`.
    private var hasLacking = false
    /// Since when nobody subscribes; nil while somebody does.
    var emptySince: NIODeadline?
    /// The lowest of those who want it; 0 once the stream has been heard here.
    var rank = 0
    /// Who has asked for it at that rank.
    var introducer: Introductions?
    /// By the raw value of `Dialect`.
    private(set) var subscribers = [Subscribers](repeating: Subscribers(), count: Dialect.allCases.count)

    init(_ descriptor: StreamDescriptor, encoder: FrameEncoder, at now: NIODeadline) {
        self.descriptor = descriptor
        self.encoder = encoder
        self.phase = .activating(since: now)
        self.state = StreamState(descriptor)
        self.emptySince = now
    }

    var stream: StreamName { descriptor.name }

    var isLive: Bool {
        if case .live = phase { true } else { false }
    }

    func isReady(for request: PendingSubscribe) -> Bool {
        isLive && (!request.needsLog(of: stream) || replay?.isComplete == true)
    }

    var isEmpty: Bool { subscribers.allSatisfy(\.isEmpty) }

    var all: [Subscription] { subscribers.flatMap(\.subscriptions) }

    /// It exists.
    func heard() {
        rank = 0
        introducer?.giveBack()
        introducer = nil
    }

    /// Goes on from a state that the hub has; what came between it and the last one was not seen here.
    func restart(with state: StreamState) {
        let completeFrom = self.state.position == nil ? 0 : state.position?.sequence ?? 0
        let object = state.newest.flatMap { descriptor.conflationKey?.object(of: $0.data) }
        closed = ClosedObjects(current: object, completeFrom: completeFrom)
        joining = nil
        self.state = state
    }

    /// The state as a snapshot, made once for each position; nil where there is none.
    func snapshot() -> Publication? {
        if let joining { return joining.publication }
        guard let snapshot = state.snapshot() else { return nil }
        joining = EncodedPublication(snapshot, opensEpoch: false)
        return snapshot
    }

    var isSnapshotMade: Bool { joining != nil }

    /// The frame of the snapshot, made once for each position and dialect.
    func snapshotFrame(in dialect: Dialect) -> ByteBuffer? {
        snapshot() == nil ? nil : joining?.frame(in: dialect, by: encoder)
    }

    /// The stream's next publication.
    func follow(_ encoded: EncodedPublication) {
        joining = nil
        if let object = encoded.object { closed.follow(encoded.publication, of: object, after: state.newest) }
        if let last = state.position, encoded.publication.position.sequence != last.sequence + 1 { state.invalidate() }
        state.apply(encoded.publication)
        if encoded.publication.carriesData { dataEpoch = encoded.publication.position.epoch }
        if rank > 0 { heard() }
        replay?.append(encoded)
    }

    /// Whether clients know of its epoch from gaps at most, also where the node has told it in data: that was dropped on the way
    /// here, or nobody was here.
    func mustTellEpoch(of publication: Publication) -> Bool {
        publication.carriesData && dataEpoch != publication.position.epoch
    }

    /// `subscription` gets its state when there is one.
    func markAsLacking(_ subscription: Subscription) {
        guard descriptor.deliveryClass.hasState else { return }
        subscription.lacksState = true
        hasLacking = true
    }

    /// Data has been given to all: those that it was not held back from have the state now.
    func endLacking() {
        guard hasLacking else { return }
        hasLacking = false
        for subscription in all where subscription.lacksState && subscription.owedFrom == nil {
            subscription.lacksState = false
        }
    }

    /// Makes a snapshot of the first whole state that anybody here hears of: of a `latest` stream each update is one.
    func promote(_ publication: inout Publication) -> Bool {
        guard promotesNext else { return false }
        promotesNext = false
        guard descriptor.deliveryClass == .latest, publication.kind == .update else { return false }
        publication.kind = .snapshot
        return true
    }

    func add(_ subscription: Subscription) {
        subscribers[Int(subscription.dialect.rawValue)].add(subscription)
        emptySince = nil
    }

    func remove(_ subscription: Subscription, at now: NIODeadline) {
        subscribers[Int(subscription.dialect.rawValue)].remove(subscription)
        if isEmpty { emptySince = now }
    }
}

@available(*, unavailable)
extension StreamFanOut: Sendable {}
