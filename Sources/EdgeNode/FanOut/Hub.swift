import Logging
import NIOCore
import Shared
import Synchronization

/// The node's one ear at the broker: subscribes a stream when the first shard wants it, encodes each publication once, and
/// hands it to the shards that want it.
///
/// Deliveries come on the broker's thread, requests on the shards' loops; one lock, taken once per batch, keeps both in one
/// order: a shard gets a stream's state first and then every publication after it, none twice.
final class Hub: BrokerReceiver {
    fileprivate enum Phase {
        /// The broker is being asked, or the history read: live publications are kept until that is done.
        case loading
        case live
        /// The last shard has left; the broker is being told.
        case unsubscribing
    }

    fileprivate struct Relay {
        var phase = Phase.loading
        /// One bit for each shard.
        var shards: UInt64
        var dialects = DialectSet()
        var encoder: FrameEncoder
        var state: StreamState
        var pending: [Publication] = []
        var lastEpoch: UInt64?
    }

    /// Live publications kept for a stream that is loading; more than that is a hole, which the shards will see.
    private static let maximumPending = 10_000
    static let maximumShards = 64

    private let brand: String
    private let broker: any Broker
    private let history: any History
    private let demand: DemandReporter
    private let logger: RateLimitedLogger
    private let relays = Mutex<[StreamName: Relay]>([:])
    private let subscriber = Mutex<(any BrokerSubscriber)?>(nil)
    private let shards = Mutex<[ShardPort]>([])

    init(
        brand: String,
        broker: any Broker,
        history: any History,
        demand: DemandReporter,
        logger: RateLimitedLogger
    ) {
        self.brand = brand
        self.broker = broker
        self.history = history
        self.demand = demand
        self.logger = logger
    }

    /// To be called once, before anything else.
    func start(shards ports: [ShardPort]) {
        precondition(ports.count <= Self.maximumShards, "a node has at most \(Self.maximumShards) shards")
        shards.withLock { $0 = ports }
        subscriber.withLock { $0 = broker.attach(self) }
    }

    func stop() async {
        await subscriber.withLock { $0 }?.close()
    }

    /// Streams that the broker delivers to this node.
    var activeStreams: Int { relays.withLock { $0.count } }

    func encoder(for stream: StreamName) -> FrameEncoder { FrameEncoder(stream: stream, brand: brand) }

    /// A shard wants `stream`; it will get `.activated`, `.failed` or `.refused`.
    func activate(_ stream: StreamName, on shard: Int) {
        let starts = relays.withLock { relays in
            guard let index = relays.index(forKey: stream) else {
                relays[stream] = Relay(
                    shards: 1 << shard,
                    encoder: encoder(for: stream),
                    state: StreamState(stream.deliveryClass)
                )
                return true
            }
            relays.values[index].shards |= 1 << shard
            if case .live = relays.values[index].phase {
                post([.activated(stream, relays.values[index].state)], to: shard)
            }
            return false
        }
        if starts { Task { await load(stream) } }
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

    /// A client uses `dialect` for `stream`: frames will be made for it. Until then shards make their own.
    func use(_ dialect: Dialect, for stream: StreamName) {
        relays.withLock { relays in
            if let index = relays.index(forKey: stream) { relays.values[index].dialects.insert(dialect) }
        }
    }

    func receive(_ batch: [Publication]) {
        let refused = relays.withLock { relays -> [StreamName] in
            var refused: [StreamName] = []
            var items: [[ShardItem]] = Array(repeating: [], count: Self.maximumShards)
            var touched: UInt64 = 0
            for publication in batch {
                guard let index = relays.index(forKey: publication.stream) else { continue }
                switch relays.values[index].phase {
                case .unsubscribing: continue
                case .loading:
                    if relays.values[index].pending.count < Self.maximumPending {
                        relays.values[index].pending.append(publication)
                    }
                case .live:
                    let wanted = relays.values[index].shards
                    let item = relays.values[index].take(publication)
                    touched |= wanted
                    Self.forEachShard(in: wanted) { items[$0].append(item) }
                    if publication.kind == .refusal {
                        relays.values[index].end()
                        refused.append(publication.stream)
                    }
                }
            }
            Self.forEachShard(in: touched) { post(items[$0], to: $0) }
            return refused
        }
        for stream in refused { Task { await unload(stream) } }
    }
}

extension Hub.Relay {
    /// Follows the stream's state and makes what the shards get.
    fileprivate mutating func take(_ publication: Publication) -> ShardItem {
        guard publication.kind != .refusal else {
            return .refused(publication.stream, reason: String(buffer: publication.data))
        }
        let last = state.position
        if let last, publication.position.sequence > last.sequence + 1 { state.invalidate() }
        if last.map({ publication.position > $0 }) ?? true { state.apply(publication) }
        let opensEpoch = lastEpoch != publication.position.epoch
        lastEpoch = publication.position.epoch
        return .publication(
            EncodedPublication(publication, opensEpoch: opensEpoch, encoder: encoder, dialects: dialects)
        )
    }

    /// The shards have been told that the stream is over.
    fileprivate mutating func end() {
        shards = 0
        phase = .unsubscribing
    }
}

extension Hub {
    private func post(_ items: [ShardItem], to shard: Int) {
        shards.withLock { $0[shard] }.post(items)
    }

    private static func forEachShard(in bits: UInt64, _ body: (Int) -> Void) {
        var bits = bits
        while bits != 0 {
            body(bits.trailingZeroBitCount)
            bits &= bits - 1
        }
    }

    /// Subscribe, then read the history, then merge by sequence, then go live: nothing is lost or repeated in between.
    private func load(_ stream: StreamName) async {
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
    private func goLive(_ stream: StreamName, _ slice: HistorySlice, _ relays: inout [StreamName: Relay]) -> Bool {
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

    private func unload(_ stream: StreamName) async {
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
