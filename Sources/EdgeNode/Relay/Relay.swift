import Core
import NIOCore
import Platform
import Stores

/// One stream on its way through a node: who wants it, and where it is. Events in, actions out; it starts nothing itself.
///
/// Touched under the lock of the `RelayTable` only, which holds it. Bounded as `RelayState` is.
final class Relay {
    let descriptor: StreamDescriptor
    /// For the shards, which make them.
    let snapshots: SnapshotCache
    /// Counts what the broker brings of it, with the others of its kind.
    let received: CounterCell<AnyThread>
    private(set) var shards: ShardSet
    /// 0 once the stream has been heard; before that the lowest of those who want it: see `DemandAnnouncement`.
    private(set) var rank: Int
    /// For clients that resume.
    var logReads = LogReads()
    private let deliveryClass: DeliveryClass
    private var state: RelayState

    init(
        _ descriptor: StreamDescriptor,
        for shards: ShardSet,
        rank: Int = 0,
        snapshots: SnapshotCache = SnapshotCache(),
        received: CounterCell<AnyThread> = CounterCell()
    ) {
        self.descriptor = descriptor
        self.shards = shards
        self.rank = rank
        self.snapshots = snapshots
        self.received = received
        self.deliveryClass = descriptor.deliveryClass
        self.state = .loading(KeptPublications(ofSequence: descriptor.deliveryClass.isSequenced))
    }

    var stream: StreamName { descriptor.name }

    var isWanted: Bool { !shards.isEmpty }

    var isHealing: Bool { state.isHealing }

    /// Whether its stream can have such a one: what has no number is of a stream without numbers, and only that.
    func admits(_ publication: Publication) -> Bool {
        (publication.kind == .transient) == (deliveryClass == .transient) || publication.kind == .refusal
    }

    /// Takes what the broker delivers, which `admits` it.
    func receive(_ publication: Publication) -> Reception { state.receive(publication) }

    func take(_ event: RelayEvent) -> RelayOutcome {
        switch event {
        case .wanted(let shard, let rank): want(by: shard, rank)
        case .advanced(let rank): advance(to: rank)
        case .released(let shard): release(by: shard)
        case .subscribed: told(.demand(rank: rank))
        case .loaded(let slice): ended(by: state.loaded(slice, of: descriptor, for: shards))
        case .suspected(let position): suspect(upTo: position)
        case .read(let missing, let now): ended(by: state.read(missing, of: stream, for: shards, at: now))
        }
    }

    /// A read of the history for what is missing begins; nil where nothing is looked for.
    func beginReading() -> MissingRead? { state.beginReading() }

    /// The stream exists. True where that is news.
    func hear() -> Bool {
        guard rank > 0 else { return false }
        rank = 0
        return true
    }

    func isBehind(_ position: Position, knowsPast: Bool) -> Bool { state.isBehind(position, knowsPast: knowsPast) }

    /// The stream is over for those who wanted it, which must be told so.
    func end() -> ShardSet {
        defer { shards.removeAll() }
        return shards
    }

    /// The same stream for those who came while it was being left.
    func renewed() -> Relay { Relay(descriptor, for: shards, rank: rank, snapshots: snapshots, received: received) }
}

extension Relay {
    private func want(by shard: Int, _ rank: Int) -> RelayOutcome {
        shards.insert(shard)
        var outcome = advance(to: rank)
        if let state = state.current { outcome.give([.activated(stream, state)], to: [shard]) }
        return outcome
    }

    private func advance(to rank: Int) -> RelayOutcome {
        guard rank < self.rank else { return RelayOutcome() }
        self.rank = rank
        return told(.lower(rank: rank))
    }

    private func release(by shard: Int) -> RelayOutcome {
        shards.remove(shard)
        return RelayOutcome(step: isWanted ? nil : state.leave())
    }

    private func suspect(upTo position: Position?) -> RelayOutcome {
        RelayOutcome(step: deliveryClass.isSequenced ? state.suspect(upTo: position) : nil)
    }

    private func told(_ action: RelayAction) -> RelayOutcome {
        var outcome = RelayOutcome()
        outcome.add(action)
        return outcome
    }

    /// A stream that is being left is nobody's.
    private func ended(by outcome: RelayOutcome) -> RelayOutcome {
        if outcome.step == .unload { shards.removeAll() }
        return outcome
    }
}
