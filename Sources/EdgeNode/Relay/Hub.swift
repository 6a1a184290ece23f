import Core
import NIOCore
import Platform
import Stores

/// The node's one ear at the broker: subscribes a stream when the first shard wants it, and hands each publication to the
/// shards that want it, which make its frames. Where the live sequence has a hole it reads the history before any shard
/// sees what comes after it.
///
/// What shards and the broker talk to; the work is done by the parts that it puts together. Deliveries come on the broker's
/// thread, requests on the shards' loops; the one lock of the `RelayTable`, taken once per batch, keeps both in one order: a
/// shard gets a stream's state first and then every publication after it, none twice. Bounded by what the shards want.
final class Hub: BrokerReceiver {
    static let maximumShards = ShardSet.maximumCount

    /// What the streams are.
    let catalog: any StreamCatalog
    let logger: RateLimitedLogger
    let counters: HubCounters
    private let demand: DemandReporter
    private let ingestor: IngestorMonitor
    private let relays: RelayTable
    private let broker: BrokerSubscriptions
    private let reader: LogReader
    private let runner: RelayRunner
    private let positions: PositionWatch
    private let replays: ReplayReads

    /// - Parameters:
    ///   - historyPatience: For how long a history that does not answer is worth a wait.
    ///   - grace: Returns when what a heartbeat told of is no longer taken to be on its way.
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
        self.demand = demand
        self.ingestor = ingestor
        self.logger = logger
        counters = HubCounters()
        relays = RelayTable(demand: demand, counters: counters)
        self.broker = BrokerSubscriptions(broker, logger: logger)
        reader = LogReader(history, relays: relays, counters: counters, logger: logger, patience: historyPatience)
        replays = ReplayReads(relays: relays, reader: reader)
        runner = RelayRunner(
            loader: StreamLoader(
                catalog: catalog,
                broker: self.broker,
                relays: relays,
                reader: reader,
                demand: demand,
                logger: logger
            ),
            healer: Healer(relays: relays, reader: reader),
            late: LateHealing(relays: relays, reader: reader)
        )
        positions = PositionWatch(
            relays: relays,
            reader: reader,
            broker: self.broker,
            runner: runner,
            counters: counters,
            logger: logger,
            grace: grace
        )
    }

    /// To be called once, before anything else.
    func start(shards ports: [ShardPort]) {
        relays.start(shards: ShardPorts(ports))
        broker.start(self)
    }

    /// Returns when heartbeats can be heard; the broker makes up for it later where it is away.
    func listen() async { await broker.listen() }

    func stop() async { await broker.stop() }

    /// Streams that the broker delivers to this node.
    var activeStreams: Int { relays.count }

    /// Whether the history is being read for a hole.
    var isHealing: Bool { relays.isHealing }
}

/// For shards.
extension Hub {
    /// Of a stream that a shard has activated; nil where it can't be had.
    func snapshots(of stream: StreamName) -> SnapshotCache? { relays.snapshots(of: stream) }

    /// A shard wants a stream; it will get `.activated`, `.failed` or `.refused`.
    ///
    /// - Parameter rank: What the ingestor is told where nobody here has heard the stream.
    func activate(_ descriptor: StreamDescriptor, on shard: Int, rank: Int = 0) {
        runner.begin(relays.activate(descriptor, on: shard, rank: rank), of: descriptor.name)
    }

    /// Somebody who asks for less wants `stream` too, which nobody here has heard.
    func advance(_ stream: StreamName, to rank: Int) {
        runner.begin(relays.tell(.advanced(to: rank), of: stream), of: stream)
    }

    /// Whether the stream costs the exchange a question: it is not known here to exist, nor not to.
    func isUnheard(_ stream: StreamName) -> Bool { relays.isUnheard(stream) }

    /// 0 once the stream has been heard, before that the lowest of those who want it; nil where nobody does.
    func rank(of stream: StreamName) -> Int? { relays.rank(of: stream) }

    /// Nobody on the shard wants `stream` any longer.
    func release(_ stream: StreamName, on shard: Int) {
        runner.begin(relays.tell(.released(by: shard), of: stream), of: stream)
    }

    /// The shard will get `.log` with the number that this answers, behind every publication that it was given before.
    ///
    /// A shard must keep what comes live from now on: the read that answers it begins no earlier, so that both together
    /// are whole. Of another number is the answer to an earlier question, which may end before that.
    func readLog(of stream: StreamName, for shard: Int) -> LogRead.Number { replays.read(stream, for: shard) }
}

/// For the broker.
extension Hub {
    func receive(_ batch: [Publication]) {
        measure(batch)
        for (stream, step) in relays.receive(batch) { runner.begin(step, of: stream) }
    }

    /// What the ingestor read together comes together mostly, and is recorded together.
    private func measure(_ batch: [Publication]) {
        let now = WallClock.microseconds()
        var (time, count) = (Int64(0), 0)
        // By index: an iterator would copy each.
        for index in batch.indices {
            if batch[index].ingestTime != time {
                counters.brokerLag.record(time, count: count, at: now)
                (time, count) = (batch[index].ingestTime, 0)
            }
            count += 1
        }
        counters.brokerLag.record(time, count: count, at: now)
    }

    func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        guard channel == .heartbeat, let (heartbeat, isFirst) = ingestor.take(message) else { return }
        // A new leader knows of no demand: it is told all of it at once.
        if isFirst { demand.renew() }
        positions.compare(heartbeat.positions)
    }

    func mayHaveMissed(_ loss: BrokerLoss) {
        let streams =
            switch loss {
            case .everything: relays.suspectAll()
            case .stream(let stream): relays.suspect([stream: nil])
            case .publication(let stream, let position): relays.suspect([stream: position])
            }
        // What a node wants may not have reached the ingestor either; and where the history was away too, it may be back
        // in a moment.
        if loss == .everything {
            demand.renew()
            reader.restart()
        }
        if !streams.isEmpty { Task { [runner] in await runner.heal(streams) } }
    }
}
