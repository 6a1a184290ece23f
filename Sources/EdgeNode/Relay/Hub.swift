import Core
import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// The node's one ear at the broker: subscribes a stream when the first shard wants it, and hands each publication to the
/// shards that want it, which make its frames. Where the live sequence has a hole it reads the history before any shard
/// sees what comes after it.
///
/// Deliveries come on the broker's thread, requests on the shards' loops; one lock, taken once per batch, keeps both in
/// one order: a shard gets a stream's state first and then every publication after it, none twice.
final class Hub: BrokerReceiver {
    static let maximumShards = 64

    /// What the streams are.
    let catalog: any StreamCatalog
    let broker: any Broker
    let history: any History
    let demand: DemandReporter
    let ingestor: IngestorMonitor
    let logger: RateLimitedLogger
    let counters = HubCounters()
    let reads = ReadGate(width: 64)
    /// Reads of logs for clients that resume, so far: their numbers.
    let logReads = Atomic<LogRead.Number>(0)
    let relays = Mutex<[StreamName: Relay]>([:])
    let subscriber = Mutex<(any BrokerSubscriber)?>(nil)
    let shards = Mutex<[ShardPort]>([])
    let outage: HistoryOutage
    let refusals = Mutex(RefusalMemory())
    /// Returns when what a heartbeat told of is no longer taken to be on its way.
    let grace: @Sendable () async -> Void

    init(
        catalog: any StreamCatalog,
        broker: any Broker,
        history: any History,
        demand: DemandReporter,
        ingestor: IngestorMonitor,
        logger: RateLimitedLogger,
        historyPatience: Duration = .seconds(6),
        grace: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .milliseconds(300)) }
    ) {
        self.catalog = catalog
        self.broker = broker
        self.history = history
        self.demand = demand
        self.ingestor = ingestor
        self.logger = logger
        self.outage = HistoryOutage(patience: historyPatience)
        self.grace = grace
    }

    /// To be called once, before anything else.
    func start(shards ports: [ShardPort]) {
        precondition(ports.count <= Self.maximumShards, "a node has at most \(Self.maximumShards) shards")
        shards.withLock { $0 = ports }
        subscriber.withLock { $0 = broker.attach(self) }
    }

    /// Returns when heartbeats can be heard; the broker makes up for it later where it is away.
    func listen() async {
        do {
            try await subscriber.withLock { $0 }?.listen(on: .heartbeat)
        } catch {
            logger.log(
                .warning,
                key: "listen",
                "the broker was not asked for heartbeats yet",
                metadata: ["error": "\(error)"]
            )
        }
    }

    func stop() async {
        await subscriber.withLock { $0 }?.close()
    }

    /// Streams that the broker delivers to this node.
    var activeStreams: Int { relays.withLock { $0.count } }

    /// Of a stream that a shard has activated; nil where it can't be had.
    func snapshots(of stream: StreamName) -> SnapshotCache? { relays.withLock { $0[stream]?.snapshots } }

    /// A shard wants a stream; it will get `.activated`, `.failed` or `.refused`.
    ///
    /// - Parameter rank: What the ingestor is told where nobody here has heard the stream.
    func activate(_ descriptor: StreamDescriptor, on shard: Int, rank: Int = 0) {
        let stream = descriptor.name
        if let reason = refusals.withLock({ $0.reason(for: stream, at: .now()) }) {
            return post([.refused(stream, reason: reason)], to: shard)
        }
        let starts = relays.withLock { relays in
            guard let index = relays.index(forKey: stream) else {
                relays[stream] = Relay(shards: 1 << shard, descriptor: descriptor, rank: rank)
                return true
            }
            relays.values[index].shards |= 1 << shard
            lower(&relays.values[index], to: rank)
            switch relays.values[index].phase {
            // What is being healed comes after this state.
            case .live, .healing: post([.activated(stream, relays.values[index].state)], to: shard)
            case .loading, .unsubscribing: break
            }
            return false
        }
        if starts { Task { await load(stream) } }
    }

    /// Somebody who asks for less wants `stream` too, which nobody here has heard.
    func advance(_ stream: StreamName, to rank: Int) {
        relays.withLock { relays in
            if let index = relays.index(forKey: stream) { lower(&relays.values[index], to: rank) }
        }
    }

    private func lower(_ relay: inout Relay, to rank: Int) {
        guard rank < relay.rank else { return }
        relay.rank = rank
        demand.lower(relay.stream, to: rank)
    }

    /// Whether the stream costs the exchange a question: it is not known here to exist, nor not to.
    func isUnheard(_ stream: StreamName) -> Bool {
        if relays.withLock({ $0[stream]?.rank == 0 }) { return false }
        return refusals.withLock { $0.reason(for: stream, at: .now()) == nil }
    }

    /// Nobody on the shard wants `stream` any longer.
    func release(_ stream: StreamName, on shard: Int) {
        let isLast = relays.withLock { relays in
            guard let index = relays.index(forKey: stream) else { return false }
            relays.values[index].shards &= ~(1 << shard)
            guard relays.values[index].shards == 0, case .live = relays.values[index].phase else { return false }
            relays.values[index].phase = .unsubscribing
            return true
        }
        if isLast { Task { await unload(stream) } }
    }

    func receive(_ batch: [Publication]) {
        var refused: [StreamName] = []
        var torn: [StreamName] = []
        relays.withLock { relays in
            let ports = shards.withLock { $0 }
            var woken: UInt64 = 0
            for publication in batch {
                // Brokers refuse these when they read them; one that reads nothing would hand them on.
                guard publication.isPossible else {
                    HubCounters.count(counters.impossible)
                    continue
                }
                guard let index = relays.index(forKey: publication.stream) else { continue }
                guard relays.values[index].admits(publication) else {
                    HubCounters.count(counters.impossible)
                    continue
                }
                switch relays.values[index].receive(publication) {
                case .kept: break
                case .stale: HubCounters.count(counters.staleDropped)
                case .torn: torn.append(publication.stream)
                case .next(let item, let wanted):
                    if relays.values[index].rank > 0, publication.kind != .refusal { heard(&relays.values[index]) }
                    Self.forEachShard(in: wanted) { if ports[$0].mailbox.post(item) { woken |= 1 << $0 } }
                    if relays.values[index].deliveryClass == .delta { askForState(of: &relays.values[index]) }
                    if publication.kind == .refusal {
                        remember(publication)
                        relays.values[index].end()
                        refused.append(publication.stream)
                    }
                }
            }
            Self.forEachShard(in: woken) { ports[$0].wake() }
        }
        for stream in refused { Task { await unload(stream) } }
        for stream in torn { Task { await heal(stream) } }
    }

    func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        guard channel == .heartbeat, let (heartbeat, isFirst) = ingestor.take(message) else { return }
        // A new leader knows of no demand: it is told all of it at once.
        if isFirst { demand.renew() }
        compare(heartbeat.positions)
    }
}

extension Hub {
    /// The stream exists.
    func heard(_ relay: inout Relay) {
        relay.rank = 0
        demand.heard(relay.stream)
    }

    func remember(_ refusal: Publication) {
        let reason = String(buffer: refusal.data)
        refusals.withLock { $0.remember(refusal.stream, reason: reason, at: .now()) }
    }

    func post(_ items: [ShardItem], to shard: Int) {
        shards.withLock { $0[shard] }.post(items)
    }

    static func forEachShard(in bits: UInt64, _ body: (Int) -> Void) {
        var bits = bits
        while bits != 0 {
            body(bits.trailingZeroBitCount)
            bits &= bits - 1
        }
    }
}
