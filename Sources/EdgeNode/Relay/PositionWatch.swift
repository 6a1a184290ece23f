import Core
import Logging
import Platform
import Stores
import Synchronization

/// Compares what the ingestor's heartbeats say of where streams stand with what was heard of them: so a loss is found behind
/// which nothing comes, and a subscription that the broker has forgotten.
///
/// Any thread. Bounded by what heartbeats tell: each may begin one comparison, which waits for `grace` and holds no more
/// than the heartbeat did. A broker that can't be asked is asked again every second while the stream is wanted, once for each
/// stream.
final class PositionWatch: Sendable {
    private static let interval: Duration = .seconds(1)

    private let relays: RelayTable
    private let reader: LogReader
    private let broker: BrokerSubscriptions
    private let runner: RelayRunner
    private let counters: HubCounters
    private let logger: RateLimitedLogger
    /// Returns when what a heartbeat told of is no longer taken to be on its way.
    private let grace: @Sendable () async -> Void
    /// Streams that the broker will be asked for again.
    private let retried = Mutex<Set<StreamName>>([])

    init(
        relays: RelayTable,
        reader: LogReader,
        broker: BrokerSubscriptions,
        runner: RelayRunner,
        counters: HubCounters,
        logger: RateLimitedLogger,
        grace: @escaping @Sendable () async -> Void
    ) {
        self.relays = relays
        self.reader = reader
        self.broker = broker
        self.runner = runner
        self.counters = counters
        self.logger = logger
        self.grace = grace
    }

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
        return relays.behind(positions, knowsPast: reader.hasHistory)
    }

    /// Those that are still behind are read from the history. They may be deaf, so they are subscribed anew before.
    private func catchUp(with positions: [StreamName: Position]) async {
        let streams = relays.suspect(streams(behind: positions).mapValues(Optional.some))
        guard !streams.isEmpty else { return }
        counters.behind.add(streams.count)
        logger.log(
            .warning,
            key: "behind",
            "publications did not arrive: their streams are subscribed anew and read from the history",
            metadata: ["streams": "\(streams.count)", "stream": "\(streams[0])"]
        )
        await healAnew(streams)
    }

    /// Subscribes streams anew before their history is read: what comes live meanwhile is kept, and what comes in between is in the
    /// history. While it is healed a stream is not left, so nobody else speaks to the broker of it.
    private func healAnew(_ streams: [StreamName]) async {
        await runner.heal(streams) { [self] stream in
            if await !subscribedAnew(to: stream) { retry(stream) }
        }
    }

    /// The broker can't be asked, and nobody else asks it for this stream when it is back. Until then its history is read in its
    /// place. One retry for each stream at most.
    private func retry(_ stream: StreamName) {
        guard retried.withLock({ $0.insert(stream).inserted }) else { return }
        Task { [weak self] in
            try? await Task.sleep(for: Self.interval)
            guard let self else { return }
            retried.withLock { _ = $0.remove(stream) }
            let streams = relays.suspect([stream: nil])
            // It is being loaded, or healed without having been asked for.
            if streams.isEmpty, relays.isWanted(stream) { return retry(stream) }
            await healAnew(streams)
        }
    }

    private func subscribedAnew(to stream: StreamName) async -> Bool {
        do {
            try await broker.unsubscribe(from: stream)
            try await broker.subscribe(to: stream)
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
}
