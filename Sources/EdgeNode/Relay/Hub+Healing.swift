import Core
import NIOCore
import Stores
import Synchronization

/// What is missing in the live sequence is read from the history before any shard sees what comes after it.
///
/// An ingestor keeps a publication before it publishes it, so what is missing is in the history by the time that the next
/// one is heard, unless it was never kept. What the history doesn't have stays a hole, which the shards tell their clients.
/// Meanwhile what comes live is kept, bounded by `Relay.maximumPending`.
extension Hub {
    /// Reads of the history under way at a time when all streams are healed.
    private static let concurrentReads = 64

    func mayHaveMissed(_ loss: BrokerLoss) {
        let streams = relays.withLock { relays in
            let suspects =
                switch loss {
                case .everything: Array(relays.keys)
                case .stream(let stream): [stream]
                case .publication(let stream, let position): relays[stream]?.tell(position) == true ? [stream] : []
                }
            return suspects.filter { stream in
                guard let index = relays.index(forKey: stream) else { return false }
                return relays.values[index].suspect()
            }
        }
        // What a node wants may not have reached the ingestor either; and where the history was away too, it may be back
        // in a moment.
        if loss == .everything {
            demand.renew()
            outage.restart()
        }
        guard !streams.isEmpty else { return }
        Task { await heal(streams) }
    }

    func heal(_ streams: [StreamName]) async {
        await withTaskGroup(of: Void.self) { group in
            for (index, stream) in streams.enumerated() {
                if index >= Self.concurrentReads { await group.next() }
                group.addTask { await self.heal(stream) }
            }
        }
    }

    /// To be called once for a stream whose phase has become `.healing`.
    func heal(_ stream: StreamName) async {
        var outcome = Outcome.readAgain
        while outcome == .readAgain {
            let missing = await patiently(for: stream) { await readMissing(stream) }
            if missing == nil { readLater(stream) }
            outcome = relays.withLock { relays in
                guard let index = relays.index(forKey: stream), case .healing = relays.values[index].phase else {
                    return .done
                }
                return finishHealing(&relays.values[index], missing)
            }
        }
        if outcome == .unwanted { await unload(stream) }
    }

    private enum Outcome {
        case done
        /// Something was lost while the history was read.
        case readAgain
        case unwanted
    }

    /// What the history has after the stream's place in the sequence; nil where it can't be read.
    private func readMissing(_ stream: StreamName) async -> [Publication]? {
        let (position, next, unknownOf) = relays.withLock { relays in
            relays[stream]?.beginReading()
            let relay = relays[stream]
            let unknownOf = relay.flatMap { $0.isPastUnknown ? $0.deliveryClass : nil }
            return (relay?.state.position, relay?.pending.first?.position, unknownOf)
        }
        guard let position else {
            let whole = await readLog(stream, from: 0)
            // Clients were told no position: what was before them is not owed to them, only the state.
            return unknownOf.map { whole?.state(of: $0) } ?? whole?.entries
        }
        // A numbering that went back is read from its beginning.
        let begins = next.map { $0.sequence <= position.sequence } ?? false
        guard var slice = await readLog(stream, from: begins ? 0 : position.sequence) else { return nil }
        if !begins, slice.isNumberedAnew(since: position) {
            guard let whole = await readLog(stream, from: 0) else { return nil }
            slice = whole
        }
        return slice.entries.filter { $0.position > position }
    }

    /// `read` is nil where the history could not be read.
    private func finishHealing(_ relay: inout Relay, _ read: [Publication]?) -> Outcome {
        let missing = read ?? []
        let pending = relay.pending
        if let refusal = relay.refusal {
            remember(refusal)
            let item = relay.take(refusal)
            Self.forEachShard(in: relay.shards) { post([item], to: $0) }
            relay.end()
            return .unwanted
        }
        let looked = [relay.heard, missing.last?.position].compactMap { $0 }.max()
        let merged = relay.keepBehindHole(Self.merge(missing, pending), lookedUpTo: looked)
        if let position = relay.state.position { count(merged, after: position) }
        deliver(merged, to: &relay)
        askForState(of: &relay)
        guard relay.shards != 0 else {
            relay.phase = .unsubscribing
            return .unwanted
        }
        guard !relay.isSuspect, relay.pending.isEmpty else { return .readAgain }
        if read != nil { tellUnheard(of: &relay) }
        relay.phase = .live
        return .done
    }

    /// Both are in order; what is in both comes once.
    static func merge(_ entries: [Publication], _ pending: [Publication]) -> [Publication] {
        guard let last = entries.last?.position else { return pending }
        return entries + pending.filter { $0.position > last }
    }

    private func count(_ merged: [Publication], after position: Position) {
        var last = position
        var isWhole = true
        for publication in merged where publication.position > last {
            if publication.position.sequence != last.sequence + 1 { isWhole = false }
            last = publication.position
        }
        guard last != position else { return }
        if isWhole { HubCounters.count(counters.healed) } else { HubCounters.count(counters.unhealed) }
    }
}

extension HistorySlice {
    /// The entries that tell the stream's state: the last, or of a book the last snapshot and all behind it.
    fileprivate func state(of deliveryClass: DeliveryClass) -> [Publication] {
        switch deliveryClass {
        case .event, .transient: []
        case .latest: entries.last(where: \.carriesData).map { [$0] } ?? []
        case .delta: entries.lastIndex { $0.kind == .snapshot }.map { Array(entries[$0...]) } ?? []
        }
    }

    /// Whether the log no longer leads up to `position`, where the slice begins: it was lost from some place before it, and
    /// another leader has gone on from there.
    fileprivate func isNumberedAnew(since position: Position) -> Bool {
        if let first = entries.first, first.position.sequence == position.sequence { return first.position > position }
        guard let latest else { return false }
        return latest > position && latest.sequence <= position.sequence
    }
}

extension Relay {
    /// Publications may be missing. Answers true where that begins a healing, which its caller must carry out.
    mutating func suspect() -> Bool {
        guard deliveryClass.isSequenced else { return false }
        switch phase {
        case .live:
            phase = .healing
            return true
        case .loading, .healing: isSuspect = true
        case .unsubscribing: break
        }
        return false
    }
}
