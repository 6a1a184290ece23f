import Core
import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// What the ingestor says of where streams stand, against what was heard of them: so a loss is found behind which nothing
/// comes, and a subscription that the broker has forgotten.
///
/// Bounded by what heartbeats tell: each may begin one comparison, which waits for `grace` and holds no more than the
/// heartbeat did.
extension Hub {
    private static let concurrentSubscriptions = 64
    private static let patience: Duration = .seconds(1)

    func compare(_ positions: [StreamName: Position]) {
        let behind = streams(behind: positions)
        guard !behind.isEmpty else { return }
        Task {
            // A heartbeat and a publication come on different ways: what is on its way is not missing.
            await grace()
            await catchUp(with: behind)
        }
    }

    private func streams(behind positions: [StreamName: Position]) -> [StreamName: Position] {
        guard !positions.isEmpty else { return [:] }
        // Without a history nobody can say whether a stream had something since it was subscribed.
        let knowsPast = history.status != .unused
        return relays.withLock { relays in
            positions.filter { stream, position in
                guard let relay = relays[stream], case .live = relay.phase else { return false }
                return relay.state.position.map { $0 < position } ?? knowsPast
            }
        }
    }

    /// Those that are still behind are read from the history. They may be deaf, so they are subscribed anew before.
    private func catchUp(with positions: [StreamName: Position]) async {
        let behind = streams(behind: positions)
        let streams = relays.withLock { relays in
            behind.compactMap { stream, position in
                guard let index = relays.index(forKey: stream), relays.values[index].tell(position),
                    relays.values[index].suspect()
                else { return nil as StreamName? }
                return stream
            }
        }
        guard !streams.isEmpty else { return }
        HubCounters.count(counters.behind, streams.count)
        logger.log(
            .warning,
            key: "behind",
            "publications did not arrive: their streams are subscribed anew and read from the history",
            metadata: ["streams": "\(streams.count)", "one": "\(streams[0])"]
        )
        await withTaskGroup(of: Void.self) { group in
            for (index, stream) in streams.enumerated() {
                if index >= Self.concurrentSubscriptions { await group.next() }
                group.addTask {
                    await self.subscribeAnew(to: stream)
                    await self.heal(stream)
                }
            }
        }
    }

    /// What comes live meanwhile is kept, and what comes in between is in the history, which is read afterwards.
    private func subscribeAnew(to stream: StreamName) async {
        if await subscribedAnew(to: stream) { return }
        // The broker can't be asked. Nobody else asks it for this stream when it is back.
        Task { [weak self] in
            while true {
                try? await Task.sleep(for: Self.patience)
                guard let self, relays.withLock({ ($0[stream]?.shards ?? 0) != 0 }) else { return }
                if await subscribedAnew(to: stream) { return mayHaveMissed(.stream(stream)) }
            }
        }
    }

    private func subscribedAnew(to stream: StreamName) async -> Bool {
        do {
            let subscriber = subscriber.withLock { $0 }
            try await subscriber?.unsubscribe(from: stream)
            try await subscriber?.subscribe(to: stream)
            // The last who wanted it may have left meanwhile, and the stream have been given up.
            if relays.withLock({ $0[stream] == nil }) { try await subscriber?.unsubscribe(from: stream) }
            return true
        } catch {
            logger.log(
                .warning,
                key: "subscribe anew",
                "the broker could not be asked for a stream again",
                metadata: ["stream": "\(stream)", "error": "\(error)"]
            )
            return false
        }
    }

    /// The history was read, and does not have all that the ingestor has published: clients are told.
    func tellUnheard(of relay: inout Relay) {
        guard let told = relay.told else { return }
        relay.told = nil
        guard let position = relay.state.position else { return relay.state.move(to: told) }
        guard position < told else { return }
        let now = WallClock.microseconds()
        let gap = Publication(
            stream: relay.stream,
            position: told,
            kind: .gap(.edge),
            exchangeTime: now / 1000,
            ingestTime: now
        )
        HubCounters.count(counters.unhealed)
        deliver([gap], to: &relay)
        askForState(of: &relay)
    }
}

extension Relay {
    /// The ingestor has published up to there. False where that was heard already, or is of no use any longer.
    mutating func tell(_ position: Position) -> Bool {
        if let heard = state.position, position <= heard { return false }
        if case .unsubscribing = phase { return false }
        told = max(told ?? position, position)
        return true
    }
}
