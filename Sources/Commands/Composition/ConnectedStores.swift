import Core
import Logging
import NATSStores
import NIOCore
import Platform
import RedisStores
import Stores

/// The broker and the history of a process, and what an ingestor leads by, made of its settings.
///
/// Connections are kept up from `init` on; `close` ends them. A server that is away is not an error: `status` says so, and
/// it is tried again for as long as the process lives.
package struct ConnectedStores: Sendable {
    package let broker: any Broker
    package let history: any History
    /// Where a leading ingestor's publications go. Where one Redis is both broker and history, one script does both, so
    /// that the order of the log is the order of what is heard, and a former leader can do neither.
    package let outlet: any PublicationOutlet
    /// Nil where there is no Redis to keep a lease in: then one ingestor must be all there are. Nil for an edge node.
    package var leadership: (any Leadership)? { lease }
    /// How the Redis server is that the process uses; nil where it uses none.
    package let redis: (@Sendable () -> StoreStatus)?
    /// Where revocations are remembered; nil where there is no Redis.
    package let revocations: (any RevocationMemory)?
    /// In which nodes count together what each of them has; nil where there is no Redis.
    package var leasedSets: (any LeasedSets)? { sets }
    private let lease: RedisLeadership?
    private let sets: RedisLeasedSets?
    private let clients: [RedisClient]
    private let wire: WireVersion

    /// - Parameter catalog: What the streams are, of which more or less is kept.
    /// - Throws: One line for a person, where an address or a file of the settings makes no sense.
    package init(
        _ settings: ResolvedSettings,
        for program: Program,
        catalog: any StreamCatalog,
        group: any EventLoopGroup,
        logger: Logger
    ) throws {
        let addresses = try StoreAddresses(settings, for: program)
        let names = StoreNames(brand: settings[Settings.Common.brand])
        let retention = Retention(settings, catalog: catalog)
        let wire = settings[Settings.Stores.wireVersion]
        self.wire = wire
        var clients: [String: RedisClient] = [:]
        func connector(_ address: StoreAddresses.Address) throws -> RedisConnector {
            try RedisConnector(
                url: address.parse { text throws(RedisURL.Malformed) in try RedisURL(text) },
                caFile: settings[Settings.Stores.caFile],
                clientName: program.rawValue
            )
        }
        func client(_ address: StoreAddresses.Address) throws -> RedisClient {
            if let client = clients[address.text] { return client }
            let client = RedisClient(try connector(address), purpose: "commands", group: group, logger: logger)
            clients[address.text] = client
            return client
        }

        switch addresses.broker {
        case .memory: broker = InProcessBroker()
        case .redis(let address):
            broker = RedisBroker(
                try connector(address),
                names: names,
                writing: wire,
                group: group,
                logger: logger
            )
        case .nats(let address):
            let configuration = try address.parse { text throws(NATSConfiguration.Malformed) in
                try NATSConfiguration(
                    address: text,
                    credentialsFile: settings[Settings.Stores.natsCredentials],
                    caFile: settings[Settings.Stores.caFile]
                )
            }
            broker = try NATSBroker(configuration, names: names, writing: wire, logger: logger)
        }
        switch addresses.history {
        case .memory: history = InProcessHistory(retention: retention)
        case .none: history = NoHistory()
        case .redis(let address):
            history = RedisHistory(
                try client(address),
                names: names,
                retention: retention,
                writing: wire,
                logger: logger
            )
        }
        if case .redis(let history) = addresses.history, case .redis(let broker) = addresses.broker,
            history.text == broker.text
        {
            outlet = RedisOutlet(try client(history), names: names, retention: retention, writing: wire)
        } else {
            outlet = HistoryThenBroker(history: history, broker: broker)
        }
        if let address = addresses.lease {
            let client = try client(address)
            redis = { client.status }
            revocations = RedisRevocations(client, names: names)
        } else {
            redis = nil
            revocations = nil
        }
        sets = try addresses.lease.map { address in
            RedisLeasedSets(try connector(address), names: names, group: group, logger: logger)
        }
        lease = try addresses.lease.flatMap { address in
            guard program != .edgeNode else { return nil }
            return RedisLeadership(
                try connector(address),
                names: names,
                lease: settings[Settings.Stores.leaderLease],
                group: group,
                logger: logger
            )
        }
        self.clients = Array(clients.values)
    }

    /// Carries demand over the broker.
    package func demandBoard(logger: Logger) -> BrokerDemandBoard {
        BrokerDemandBoard(broker: broker, writing: wire, logger: logger)
    }

    /// Hears over the broker which instruments there are.
    package func follower(of instruments: Instruments, logger: Logger) -> InstrumentFollower {
        InstrumentFollower(instruments, broker: broker, writing: wire, logger: logger)
    }

    package func close() async {
        await broker.close()
        await history.close()
        await lease?.close()
        await sets?.close()
        for client in clients { await client.close() }
    }
}
