import Core
import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// How a stream comes to a node and leaves it.
extension Hub {
    /// For how long a broker that can't be asked is asked again. Clients that wait are answered earlier, by their shard.
    private static let patience: Duration = .seconds(10)

    /// Subscribe, then read the history, then merge by sequence, then go live: nothing is lost or repeated in between.
    ///
    /// Where the history stays away the stream goes live all the same, without state: what comes is worth more than
    /// nothing, and resume says that it can't recover.
    func load(_ stream: StreamName) async {
        guard await mayExist(stream) else { return }
        let start = ContinuousClock.now
        do {
            guard try await subscribe(to: stream) else { return await unload(stream) }
            relays.withLock { demand.add(stream, rank: $0[stream]?.rank ?? 0) }
            let slice = await patiently(for: stream, since: start) { await readState(of: stream) }
            let isWanted = relays.withLock { goLive(stream, slice, &$0) }
            if !isWanted { await unload(stream) }
        } catch {
            logger.log(
                .error,
                key: "activate",
                "a stream can't be served",
                metadata: ["stream": "\(stream)", "error": "\(error)"]
            )
            try? await subscriber.withLock { $0 }?.unsubscribe(from: stream)
            relays.withLock { relays in
                guard let relay = relays.removeValue(forKey: stream) else { return }
                Self.forEachShard(in: relay.shards) {
                    post([.failed(stream, reason: "Temporarily unavailable")], to: $0)
                }
            }
        }
    }

    /// Of what the catalog knows not to exist nobody else is asked: its shards are told so, and the stream is gone.
    private func mayExist(_ stream: StreamName) async -> Bool {
        guard let descriptor = relays.withLock({ $0[stream]?.descriptor }),
            let absence = await catalog.absence(of: descriptor)
        else { return true }
        let lifetime = TimeAmount(absence.lifetime)
        refusals.withLock { $0.remember(stream, reason: absence.reason, at: .now(), for: lifetime) }
        relays.withLock { relays in
            guard let relay = relays.removeValue(forKey: stream) else { return }
            Self.forEachShard(in: relay.shards) { post([.refused(stream, reason: absence.reason)], to: $0) }
        }
        return false
    }

    /// As much of the log as tells the stream's state: of a book all, of trades only where it stands. Nil where the history
    /// can't be read.
    private func readState(of stream: StreamName) async -> HistorySlice? {
        guard let deliveryClass = relays.withLock({ $0[stream]?.deliveryClass }) else { return nil }
        guard deliveryClass.isSequenced else { return HistorySlice() }
        guard deliveryClass != .delta else { return await readLog(stream, from: 0) }
        guard let bounds = await readLog(stream, from: .max, limit: 0) else { return nil }
        guard deliveryClass == .latest, bounds.oldest != nil, let latest = bounds.latest else { return bounds }
        guard let newest = await readLog(stream, from: latest.sequence) else { return nil }
        // The newest may be a gap, or unreadable: then an earlier one is the state.
        let isState = newest.entries.contains(where: \.carriesData)
        return isState ? newest : await readLog(stream, from: 0)
    }

    /// Asks again while the broker is away and somebody waits; false where nobody does any longer.
    private func subscribe(to stream: StreamName) async throws -> Bool {
        let deadline = ContinuousClock.now + Self.patience
        var wait: Duration = .milliseconds(100)
        while true {
            do {
                try await subscriber.withLock { $0 }?.subscribe(to: stream)
                return true
            } catch {
                guard relays.withLock({ $0[stream]?.shards ?? 0 }) != 0 else { return false }
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: wait)
                wait = min(wait * 2, .seconds(1))
            }
        }
    }

    /// `slice` is nil where the history could not be read. False where nobody is left who wanted it.
    func goLive(_ stream: StreamName, _ slice: HistorySlice?, _ relays: inout [StreamName: Relay]) -> Bool {
        guard let index = relays.index(forKey: stream) else { return false }
        guard relays.values[index].shards != 0 else {
            relays.values[index].phase = .unsubscribing
            return false
        }
        let pending = relays.values[index].pending
        relays.values[index].phase = .live
        relays.values[index].state = StreamState(relays.values[index].descriptor)
        relays.values[index].state.apply(slice ?? HistorySlice())
        // Not read, or read up to an entry that can't be: then nobody can say where the stream stood when its clients came.
        let hasPlace = relays.values[index].state.position != nil
        relays.values[index].isPastUnknown = slice.map { $0.latest != nil && !hasPlace } ?? true
        let data = slice?.entries.last { $0.carriesData }
        relays.values[index].dataEpoch = (data?.position ?? relays.values[index].state.position)?.epoch
        let shards = relays.values[index].shards
        if relays.values[index].rank > 0, relays.values[index].state.position != nil { heard(&relays.values[index]) }
        if let refusal = relays.values[index].refusal {
            remember(refusal)
            let item = relays.values[index].take(refusal)
            Self.forEachShard(in: shards) { post([item], to: $0) }
            relays.values[index].end()
            return false
        }
        let state = relays.values[index].state
        Self.forEachShard(in: shards) { post([.activated(stream, state)], to: $0) }
        // A loss that the broker did not tell: what is missing may be in the history by now.
        let next = relays.values[index].keepBehindHole(pending, lookedUpTo: nil)
        deliver(next, to: &relays.values[index])
        askForState(of: &relays.values[index])
        if relays.values[index].isSuspect || !relays.values[index].pending.isEmpty {
            relays.values[index].phase = .healing
            Task { await heal(stream) }
        }
        return true
    }

    /// Hands on what was kept, without what is stale by now.
    func deliver(_ publications: [Publication], to relay: inout Relay) {
        var items: [ShardItem] = []
        for publication in publications where relay.continuity(of: publication) != .stale {
            items.append(relay.take(publication))
        }
        guard !items.isEmpty else { return }
        Self.forEachShard(in: relay.shards) { post(items, to: $0) }
    }

    /// A book that neither the history nor what is live tells: the ingestor knows it.
    func askForState(of relay: inout Relay) {
        guard relay.asksForState == relay.state.hasBase else { return }
        relay.asksForState.toggle()
        if relay.asksForState { demand.refresh(relay.stream) } else { demand.known(relay.stream) }
    }

    func unload(_ stream: StreamName) async {
        demand.remove(stream)
        outage.remove(stream)
        do {
            try await subscriber.withLock { $0 }?.unsubscribe(from: stream)
        } catch {
            logger.log(
                .warning,
                key: "unsubscribe",
                "the broker was not told that a stream is not wanted any longer",
                metadata: ["stream": "\(stream)", "error": "\(error)"]
            )
        }
        let isWantedAgain = relays.withLock { relays in
            guard let index = relays.index(forKey: stream) else { return false }
            guard relays.values[index].shards != 0 else {
                relays.remove(at: index)
                return false
            }
            let relay = relays.values[index]
            relays.values[index] = Relay(
                shards: relay.shards,
                descriptor: relay.descriptor,
                snapshots: relay.snapshots,
                rank: relay.rank
            )
            return true
        }
        if isWantedAgain { await load(stream) }
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
