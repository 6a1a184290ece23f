import Core
import NIOCore
import Platform

/// One stream on one shard: its subscribers, and its state for those that join. Lives on the shard's loop.
final class StreamFanOut {
    enum Phase {
        /// The hub has been asked; requests wait for its answer.
        case activating(since: NIODeadline)
        case live
    }

    let descriptor: StreamDescriptor
    private let dialects: DialectRegistry
    /// The node's, for the shards of all of which it makes them once.
    let snapshots: SnapshotCache
    var phase: Phase
    private(set) var state: StreamState
    private(set) var closed = ClosedObjects()
    /// The state for those that join, made once for all of them; nil once the stream has moved on.
    private var joining: Envelope?
    /// Its newest state may be older than the node's: what came last with data was lost on the way here. Then its snapshots are
    /// its own.
    private var standsAlone = false
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
    /// One for each variant that somebody here has; without anybody it goes with the next sweep.
    private(set) var audiences: [Audience] = []
    /// Counts what clients are given of it, with the others of its kind.
    let deliveries: CounterCell<OneThread>

    init(
        _ descriptor: StreamDescriptor,
        dialects: DialectRegistry,
        snapshots: SnapshotCache,
        deliveries: CounterCell<OneThread> = CounterCell(),
        at now: NIODeadline
    ) {
        self.descriptor = descriptor
        self.deliveries = deliveries
        self.dialects = dialects
        self.snapshots = snapshots
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

    /// Where a client stands that joins, before it is sent anything: in events behind all that were; in a state nowhere, since
    /// it follows.
    var joiningPosition: Position? { descriptor.deliveryClass == .event ? state.position : nil }

    var isEmpty: Bool { audiences.allSatisfy(\.isEmpty) }

    var all: [Subscription] { audiences.flatMap(\.subscribers.subscriptions) }

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
        standsAlone = false
        self.state = state
    }

    /// The state as a snapshot, made once for each position of the node's; nil where there is none.
    func snapshot() -> Publication? { snapshotEnvelope()?.publication }

    private func snapshotEnvelope() -> Envelope? {
        if let joining { return joining }
        // A book that is not known is not known here, whatever others have.
        guard let position = state.position, state.isKnown else { return nil }
        if standsAlone {
            joining = state.snapshot().map { Envelope($0, opensEpoch: false) }
        } else {
            joining = snapshots.snapshot(at: position) { state.snapshot() }
        }
        return joining
    }

    var isSnapshotMade: Bool { joining != nil }

    /// The frame of the snapshot, made once for each position and variant of the node's.
    func snapshotFrame(_ variant: Variant) -> ByteBuffer? {
        snapshotEnvelope()?.frame(variant, by: encoder(of: variant))
    }

    /// The stream's next publication.
    func follow(_ envelope: Envelope) {
        let publication = envelope.publication
        joining = nil
        if let object = envelope.object { closed.follow(publication, of: object, after: state.newest) }
        if let last = state.position, publication.position.sequence != last.sequence + 1 {
            // Data that a gap stands behind here may have come to other shards.
            standsAlone = true
            state.invalidate()
        }
        state.apply(publication)
        if publication.carriesData {
            dataEpoch = publication.position.epoch
            standsAlone = false
        }
        if rank > 0 { heard() }
        replay?.append(envelope)
    }

    /// Whether clients know of its epoch from gaps at most, also where the node has told it in data: that was dropped on the way
    /// here, or nobody was here.
    func mustTellEpoch(of publication: Publication) -> Bool {
        publication.carriesData && dataEpoch != publication.position.epoch
    }

    /// Nobody can use what begins at `sequence`.
    func holdBack(from sequence: UInt64) {
        if heldFrom == nil { heldFrom = sequence }
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

    /// What makes the frames of a variant.
    func encoder(of variant: Variant) -> any FrameEncoder {
        if let audience = audience(of: variant) { return audience.encoder }
        let dialect = dialects[variant.dialect]
        guard variant.tellsTimes else { return dialect.encoder(of: descriptor) }
        return dialect.encoder(of: descriptor, timedBy: { WallClock.microseconds() })
    }

    private func audience(of variant: Variant) -> Audience? { audiences.first { $0.variant == variant } }

    func add(_ subscription: Subscription) {
        let variant = subscription.variant
        if let audience = audience(of: variant) {
            audience.subscribers.add(subscription)
        } else {
            let audience = Audience(variant, encoder: encoder(of: variant))
            audience.subscribers.add(subscription)
            audiences.append(audience)
        }
        emptySince = nil
    }

    func remove(_ subscription: Subscription, at now: NIODeadline) {
        audience(of: subscription.variant)?.subscribers.remove(subscription)
        if isEmpty { emptySince = now }
    }

    /// Lets go of what nobody here has use for: by the sweep, since a delivery may be going through the audiences otherwise.
    func forgetUnused() {
        if audiences.contains(where: \.isEmpty) { audiences.removeAll(where: \.isEmpty) }
        if let position = state.position { snapshots.forget(before: position) }
    }
}

@available(*, unavailable)
extension StreamFanOut: Sendable {}
