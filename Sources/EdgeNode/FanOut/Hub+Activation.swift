import Logging
import NIOCore
import Shared
import Synchronization

/// How a stream comes to a node and leaves it.
extension Hub {
    /// Subscribe, then read the history, then merge by sequence, then go live: nothing is lost or repeated in between.
    func load(_ stream: StreamName) async {
        do {
            try await subscriber.withLock { $0 }?.subscribe(to: stream)
            demand.add(stream)
            let slice = try await history.read(
                stream,
                from: stream.deliveryClass == .event ? .max : 0,
                limit: .max
            )
            let isWanted = relays.withLock { goLive(stream, slice, &$0) }
            if !isWanted { await unload(stream) }
        } catch {
            logger.log(
                .error,
                key: "activate",
                "a stream can't be served",
                metadata: ["stream": "\(stream)", "error": "\(error)"]
            )
            demand.remove(stream)
            try? await subscriber.withLock { $0 }?.unsubscribe(from: stream)
            relays.withLock { relays in
                guard let relay = relays.removeValue(forKey: stream) else { return }
                Self.forEachShard(in: relay.shards) {
                    post([.failed(stream, reason: "Temporarily unavailable")], to: $0)
                }
            }
        }
    }

    /// False where nobody is left who wanted it.
    func goLive(_ stream: StreamName, _ slice: HistorySlice, _ relays: inout [StreamName: Relay]) -> Bool {
        guard let index = relays.index(forKey: stream) else { return false }
        guard relays.values[index].shards != 0 else {
            relays.values[index].phase = .unsubscribing
            return false
        }
        let pending = relays.values[index].pending
        relays.values[index].pending = []
        relays.values[index].phase = .live
        relays.values[index].state = StreamState(stream.deliveryClass)
        relays.values[index].state.apply(slice)
        relays.values[index].lastEpoch = slice.latest?.epoch
        let shards = relays.values[index].shards
        if let refusal = pending.first(where: { $0.kind == .refusal }) {
            let item = relays.values[index].take(refusal)
            Self.forEachShard(in: shards) { post([item], to: $0) }
            relays.values[index].end()
            return false
        }
        let state = relays.values[index].state
        Self.forEachShard(in: shards) { post([.activated(stream, state)], to: $0) }
        for publication in pending where slice.latest.map({ publication.position > $0 }) ?? true {
            let item = relays.values[index].take(publication)
            Self.forEachShard(in: shards) { post([item], to: $0) }
        }
        return true
    }

    func unload(_ stream: StreamName) async {
        demand.remove(stream)
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
            relays.values[index].phase = .loading
            relays.values[index].pending = []
            return true
        }
        if isWantedAgain { await load(stream) }
    }
}

extension StreamState {
    /// Follows what the history holds.
    mutating func apply(_ slice: HistorySlice) {
        for publication in slice.entries { apply(publication) }
        if let latest = slice.latest, position != latest { move(to: latest) }
    }
}
