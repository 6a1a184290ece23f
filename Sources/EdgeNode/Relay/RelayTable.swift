import Core
import NIOCore
import Platform
import Stores
import Synchronization

/// The relays of a node, what was refused lately, and the ways to the shards, all under one lock, which is taken once per
/// batch: so a shard gets a stream's state first and then every publication after it, none twice.
///
/// Any thread. What relays want done at once is done here, under the lock; what takes its time is handed to the caller as a
/// step. Bounded by the streams that the shards want, and by `RefusalMemory`.
final class RelayTable: Sendable {
    private struct State {
        var relays: [StreamName: Relay] = [:]
        var refusals = RefusalMemory()
        var ports = ShardPorts()
    }

    private let demand: DemandReporter
    private let counters: HubCounters
    private let state = Mutex(State())

    init(demand: DemandReporter, counters: HubCounters) {
        self.demand = demand
        self.counters = counters
    }

    /// To be called once, before anything else.
    func start(shards: ShardPorts) { state.withLock { $0.ports = shards } }

    /// A shard wants a stream, of which nobody need be asked where it was refused lately.
    func activate(_ descriptor: StreamDescriptor, on shard: Int, rank: Int) -> RelayStep? {
        let stream = descriptor.name
        return state.withLock { state in
            if let reason = state.refusals.reason(for: stream, at: .now()) {
                state.ports.post([.refused(stream, reason: reason)], to: [shard])
                return nil
            }
            if let relay = state.relays[stream] {
                return perform(relay.take(.wanted(by: shard, rank: rank)), of: relay, &state)
            }
            let received = counters.received.cell(descriptor.kind)
            state.relays[stream] = Relay(descriptor, for: [shard], rank: rank, received: received)
            return .load
        }
    }

    /// Hands each publication to the shards that want its stream, and wakes each of them once.
    func receive(_ batch: [Publication]) -> [(StreamName, RelayStep)] {
        state.withLock { state in
            var steps: [(StreamName, RelayStep)] = []
            var woken = ShardSet()
            for publication in batch {
                // Brokers refuse these when they read them; one that reads nothing would hand them on.
                guard publication.isPossible else {
                    counters.impossible.add()
                    continue
                }
                guard let relay = state.relays[publication.stream] else { continue }
                guard relay.admits(publication) else {
                    counters.impossible.add()
                    continue
                }
                relay.received.add()
                switch relay.receive(publication) {
                case .kept: break
                case .stale: counters.staleDropped.add()
                case .torn: steps.append((publication.stream, .heal))
                case .next(let envelope, let news):
                    if relay.hear() { demand.heard(publication.stream) }
                    state.ports.post(.publication(envelope), to: relay.shards, woken: &woken)
                    if let news { tell(news, of: publication.stream) }
                case .refused(let reason):
                    let item = ShardItem.refused(publication.stream, reason: reason)
                    state.ports.post(item, to: relay.end(), woken: &woken)
                    state.refusals.remember(publication.stream, reason: reason, at: .now())
                    steps.append((publication.stream, .unload))
                }
            }
            state.ports.wake(woken)
            return steps
        }
    }

    /// Tells a relay what has happened; nothing where there is none.
    func tell(_ event: RelayEvent, of stream: StreamName) -> RelayStep? {
        state.withLock { state in
            guard let relay = state.relays[stream] else { return nil }
            return perform(relay.take(event), of: relay, &state)
        }
    }

    /// Streams of which publications may be missing, each up to where the ingestor has told: those that must be healed now.
    func suspect(_ streams: [StreamName: Position?]) -> [StreamName] {
        state.withLock { suspect(streams, &$0) }
    }

    /// The same of all that there are.
    func suspectAll() -> [StreamName] {
        state.withLock { state in suspect(state.relays.mapValues { _ in nil }, &state) }
    }

    private func suspect(_ streams: [StreamName: Position?], _ state: inout State) -> [StreamName] {
        var torn: [StreamName] = []
        for (stream, position) in streams {
            guard let relay = state.relays[stream] else { continue }
            let outcome = relay.take(.suspected(upTo: position))
            if perform(outcome, of: relay, &state) == .heal { torn.append(stream) }
        }
        return torn
    }

    private func perform(_ outcome: RelayOutcome, of relay: Relay, _ state: inout State) -> RelayStep? {
        for action in outcome.actions {
            switch action {
            case .give(let items, let shards): state.ports.post(items, to: shards)
            case .demand(let rank): demand.add(relay.stream, rank: rank)
            case .lower(let rank): demand.lower(relay.stream, to: rank)
            case .heard: if relay.hear() { demand.heard(relay.stream) }
            case .tell(let news): tell(news, of: relay.stream)
            case .refuse(let reason): state.refusals.remember(relay.stream, reason: reason, at: .now())
            case .count(isHealed: true): counters.healed.add()
            case .count(isHealed: false): counters.unhealed.add()
            }
        }
        return outcome.step
    }

    private func tell(_ news: StateNews, of stream: StreamName) {
        switch news {
        case .missing: demand.refresh(stream)
        case .known: demand.known(stream)
        }
    }
}

extension RelayTable {
    /// The stream can't be had: those who want it are told, and it is gone.
    func drop(_ stream: StreamName, _ item: ShardItem) {
        state.withLock { state in
            guard let relay = state.relays.removeValue(forKey: stream) else { return }
            state.ports.post([item], to: relay.shards)
        }
    }

    /// The same of one that the catalog knows not to exist, of which nobody need be asked for a while.
    func drop(_ stream: StreamName, _ absence: StreamAbsence) {
        state.withLock { state in
            let lifetime = TimeAmount(absence.lifetime)
            state.refusals.remember(stream, reason: absence.reason, at: .now(), for: lifetime)
            guard let relay = state.relays.removeValue(forKey: stream) else { return }
            state.ports.post([.refused(stream, reason: absence.reason)], to: relay.shards)
        }
    }

    /// The broker was told that nobody wants the stream. Somebody may have come meanwhile: then it begins anew.
    func left(_ stream: StreamName) -> RelayStep? {
        state.withLock { state in
            guard let relay = state.relays[stream] else { return nil }
            state.relays[stream] = relay.isWanted ? relay.renewed() : nil
            return relay.isWanted ? .load : nil
        }
    }

    /// See `MissingRead`; nil where the stream is not being healed.
    func beginReading(_ stream: StreamName) -> (MissingRead, DeliveryClass)? {
        state.withLock { state in
            guard let relay = state.relays[stream] else { return nil }
            return relay.beginReading().map { ($0, relay.descriptor.deliveryClass) }
        }
    }

    /// A shard asks for the log of a stream; see `LogReads`. Where there is no such stream it is told so at once.
    func askLog(of stream: StreamName, for shard: Int, number: LogRead.Number) -> (LogRead.Number, starts: Bool) {
        state.withLock { state in
            guard let relay = state.relays[stream] else {
                state.ports.post([.log(stream, number, nil)], to: [shard])
                return (number, false)
            }
            return relay.logReads.ask(for: shard, number: number)
        }
    }

    /// That log was read. Answers the number of the read that is to be made next.
    func endLog(of stream: StreamName, _ number: LogRead.Number, with slice: HistorySlice?) -> LogRead.Number? {
        state.withLock { state in
            // The stream may have gone meanwhile, and come back with reads of its own.
            guard let ended = state.relays[stream]?.logReads.end(number) else { return nil }
            state.ports.post([.log(stream, number, slice)], to: ended.shards)
            return ended.next
        }
    }
}

extension RelayTable {
    /// How many streams the broker delivers to this node.
    var count: Int { state.withLock { $0.relays.count } }

    /// Whether the history is being read for a hole.
    var isHealing: Bool { state.withLock { $0.relays.values.contains(where: \.isHealing) } }

    func contains(_ stream: StreamName) -> Bool { state.withLock { $0.relays[stream] != nil } }

    func isWanted(_ stream: StreamName) -> Bool { state.withLock { $0.relays[stream]?.isWanted ?? false } }

    func descriptor(of stream: StreamName) -> StreamDescriptor? { state.withLock { $0.relays[stream]?.descriptor } }

    func snapshots(of stream: StreamName) -> SnapshotCache? { state.withLock { $0.relays[stream]?.snapshots } }

    /// 0 once the stream has been heard; nil where nobody wants it.
    func rank(of stream: StreamName) -> Int? { state.withLock { $0.relays[stream]?.rank } }

    /// Whether it is not known here to exist, nor not to.
    func isUnheard(_ stream: StreamName) -> Bool {
        state.withLock { state in
            state.relays[stream]?.rank != 0 && state.refusals.reason(for: stream, at: .now()) == nil
        }
    }

    /// Those of `positions` that are further than the node; see `Relay.isBehind`.
    func behind(_ positions: [StreamName: Position], knowsPast: Bool) -> [StreamName: Position] {
        state.withLock { state in
            positions.filter { state.relays[$0]?.isBehind($1, knowsPast: knowsPast) ?? false }
        }
    }
}
