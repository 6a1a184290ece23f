import BybitCatalog
import Core
import Logging
import NIOCore
import NIOEmbedded
import Platform
import Stores
import Synchronization
import TestSupport
import Testing

@testable import EdgeNode

/// The fan-out of a node with in-process broker and history, on loops whose time stands still until a test moves it.
final class EdgeFixture: Sendable {
    static let tokenKey = "a key of the tests"

    let history: InProcessHistory
    let broker: any Broker
    let node: NodeState
    let hub: Hub
    let ingestor: IngestorMonitor
    let loops: [NIOAsyncTestingEventLoop]
    let counters: [ShardCounters]
    let mailboxes: [ShardMailbox]
    let ports: [ShardPort]

    init(
        shards: Int = 1,
        catalog: any StreamCatalog = BybitCatalog(),
        dialects: DialectRegistry = .tidegate,
        maximumClients: Int = 1000,
        broker: any Broker = InProcessBroker(),
        reads: HeldHistory? = nil,
        historyPatience: Duration = .seconds(6),
        grace: HeldGrace = HeldGrace(),
        permissions: Permissions = Permissions(),
        reauthentication: any Reauthentication = NoReauthentication(),
        connections: PrincipalConnections = PrincipalConnections(),
        revocations: Revocations? = nil,
        log: CollectedLog? = nil,
        logger other: Logger? = nil,
        settings change: (inout ConnectionSettings) -> Void = { _ in }
    ) {
        let history = reads?.history ?? InProcessHistory()
        self.history = history
        var settings = ConnectionSettings()
        change(&settings)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let logger = RateLimitedLogger(log?.logger ?? other ?? quiet)
        let board = BrokerDemandBoard(broker: broker, logger: quiet)
        let demand = DemandReporter(node: "n", board: board, lease: .seconds(15), logger: logger)
        let tokens = ResumeTokenSigner(
            secret: Self.tokenKey,
            dialects: dialects.all,
            lifetime: .seconds(600),
            maximumMessageBytes: settings.maximumMessageBytes
        )
        let ingestor = IngestorMonitor(timeout: .hours(1), logger: logger)
        let hub = Hub(
            catalog: catalog,
            broker: broker,
            history: reads ?? history,
            demand: demand,
            ingestor: ingestor,
            logger: logger,
            historyPatience: historyPatience,
            grace: grace.wait
        )
        let node = NodeState(maximumClients: maximumClients)
        let loops = (0..<shards).map { _ in NIOAsyncTestingEventLoop() }
        let counters = loops.map { _ in ShardCounters() }
        let mailboxes = loops.map { _ in ShardMailbox() }
        self.ingestor = ingestor
        self.broker = broker
        self.hub = hub
        self.node = node
        self.loops = loops
        self.counters = counters
        self.mailboxes = mailboxes
        self.ports = loops.indices.map { index in
            let shard = Shard(
                index: index,
                eventLoop: loops[index],
                settings: settings,
                node: node,
                tokens: tokens,
                permissions: permissions,
                reauthentication: reauthentication,
                connections: connections,
                revocations: revocations,
                dialects: dialects,
                counters: counters[index],
                hub: hub,
                mailbox: mailboxes[index],
                shards: shards
            )
            let box = NIOLoopBoundBox.makeBoxSendingValue(shard, as: Shard.self, eventLoop: loops[index])
            return ShardPort(mailbox: mailboxes[index], shard: box, eventLoop: loops[index])
        }
        hub.start(shards: ports)
        revocations?.onNews { [ports] in
            for port in ports { port.eventLoop.execute { port.shard.value.evictions.begin() } }
        }
    }

    func client(
        _ mode: ClientConnection.Mode = .client,
        greeting: DialectID? = nil,
        as principal: Principal = .anonymous,
        shard: Int = 0
    ) async throws -> TestClient {
        #expect(node.admit())
        return try await TestClient(ports[shard], loops[shard], mode, greeting: greeting, as: principal)
    }

    var health: EdgeHealth { EdgeHealth(node: node, broker: broker, history: history, ingestor: ingestor) }

    /// The ingestor says that it lives.
    @discardableResult
    func beat(epoch: UInt64 = 1, isConnected: Bool = true, unreadable: UnreadableTopics = UnreadableTopics()) -> Bool {
        var upstream = UpstreamStatus()
        upstream.unreadable = unreadable
        upstream.isConnected = isConnected
        let message = Heartbeat(epoch: epoch, sentAt: 1_704_063_600_000, upstream: upstream).encoded()
        return ingestor.heard(message)
    }

    /// What the ingestor does: history first, then the broker.
    func publish(_ batch: Publication...) async throws {
        try await history.append(batch)
        try await broker.publish(batch)
    }

    /// Publications that the history knows nothing of.
    func publishLiveOnly(_ batch: Publication...) async throws {
        try await broker.publish(batch)
        try await until { !hub.isHealing }
    }

    /// Lets time pass on every shard in steps of a second, each with its sweep, as the node does.
    func sweep(seconds: Int = 1) async throws {
        for _ in 0..<seconds {
            for (loop, port) in zip(loops, ports) {
                await loop.advanceTime(by: .seconds(1))
                try await loop.executeInContext { port.shard.value.sweep.begin() }
            }
        }
    }

    /// Looks again and again until it is so; fails after five minutes, for the machine may be busy.
    func until(_ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while try await !condition() {
            guard ContinuousClock.now < deadline else { throw Timeout() }
            try await Self.pause()
        }
    }

    /// Between two looks: hundreds of tests that look all the time leave nothing of the machine to what they wait for.
    static func pause() async throws { try await Task.sleep(for: .milliseconds(1)) }

    struct Timeout: Error {}
}

extension Publication {
    static func of(
        _ stream: String,
        _ sequence: UInt64,
        epoch: UInt64 = 1,
        _ kind: Kind = .update,
        data: String = #"{"price":"1.5"}"#
    ) throws -> Publication {
        Publication(
            stream: try StreamName(canonical: stream),
            position: Position(epoch: epoch, sequence: sequence),
            kind: kind,
            exchangeTime: 1_704_063_600_000,
            ingestTime: 0,
            data: ByteBuffer(string: data)
        )
    }

    static func ticker(_ sequence: UInt64, epoch: UInt64 = 1, _ kind: Kind = .update) throws -> Publication {
        try of("ticker.BTCUSDT", sequence, epoch: epoch, kind)
    }

    static func trade(_ sequence: UInt64, epoch: UInt64 = 1, _ kind: Kind = .update) throws -> Publication {
        try of("trade.BTCUSDT", sequence, epoch: epoch, kind, data: "[]")
    }

    /// A change of the book: one bid whose size is the sequence.
    static func depth(_ sequence: UInt64, epoch: UInt64 = 1, _ kind: Kind = .update) throws -> Publication {
        let data = #"{"symbol":"BTCUSDT","bids":[["\#(sequence)","1"]],"asks":[],"updateId":\#(sequence)}"#
        return try of("depth.50.BTCUSDT", sequence, epoch: epoch, kind, data: data)
    }
}

extension EdgeFixture {
    func advance(_ amount: TimeAmount) async { for loop in loops { await loop.advanceTime(by: amount) } }
}
