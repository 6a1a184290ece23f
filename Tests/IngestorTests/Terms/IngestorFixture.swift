import BybitCatalog
import BybitFeed
import BybitSimulator
import Core
import Logging
import NIOCore
import NIOPosix
import Platform
import ServiceLifecycle
import Stores

@testable import Ingestor

/// An ingestor at a simulated exchange, whose leadership and stores are in the test's hands.
final class IngestorFixture {
    let leadership = ScriptedLeadership()
    let broker = InProcessBroker()
    let history = InProcessHistory(retention: Retention(latest: 100_000, delta: 100_000, event: 100_000))
    let demand: BrokerDemandBoard
    let ear = Ear()
    let feed: BybitFeed
    let ingestor: Ingestor
    let simulator: BybitSimulator
    private let group: ServiceGroup
    private var node: Task<Void, Never>?

    static func run(
        outlet: (any PublicationOutlet)? = nil,
        catalog: any StreamCatalog = BybitCatalog(),
        control: ControlSigner? = nil,
        log: Logger? = nil,
        market: (inout SimulatorConfiguration) -> Void = { _ in },
        configured change: (inout BybitFeed.Configuration) -> Void = { _ in },
        _ body: (IngestorFixture) async throws -> Void
    ) async throws {
        let fixture = try await IngestorFixture(outlet, catalog, control, log, market, change)
        let running = Task { [group = fixture.group] in try await group.run() }
        defer { fixture.node?.cancel() }
        do {
            try await body(fixture)
        } catch {
            running.cancel()
            await fixture.simulator.stop()
            throw error
        }
        await fixture.stop()
        try await running.value
        await fixture.simulator.stop()
    }

    private init(
        _ outlet: (any PublicationOutlet)?,
        _ catalog: any StreamCatalog,
        _ control: ControlSigner?,
        _ log: Logger?,
        _ changeMarket: (inout SimulatorConfiguration) -> Void,
        _ change: (inout BybitFeed.Configuration) -> Void
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var market = SimulatorConfiguration()
        market.symbols = 1
        market.rate = 200
        changeMarket(&market)
        simulator = BybitSimulator(configuration: market, logger: quiet)
        let port = try await simulator.start()
        demand = BrokerDemandBoard(broker: broker, logger: quiet)
        try await broker.attach(ear).listen(on: .heartbeat)
        var exchange = BybitFeed.Configuration(url: try WebSocketURL("ws://127.0.0.1:\(port)/v5/public/linear"))
        change(&exchange)
        feed = BybitFeed(configuration: exchange, logger: log ?? quiet)
        var configuration = Ingestor.Configuration()
        configuration.demandLease = .seconds(600)
        ingestor = Ingestor(
            configuration: configuration,
            catalog: catalog,
            feeds: [feed],
            leadership: leadership,
            outlet: outlet,
            broker: broker,
            history: history,
            demand: demand,
            control: control,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: quiet
        )
        group = ServiceGroup(services: [ingestor], logger: quiet)
    }

    /// Begins a graceful shutdown.
    func stop() async { await group.triggerGracefulShutdown() }

    /// From now on a node announces these again and again, as nodes do.
    func want(_ streams: StreamName...) { want(streams) }

    func want(_ streams: [StreamName], every interval: Duration = .milliseconds(10)) {
        node = Task { [demand] in
            let announcement = DemandAnnouncement(node: "n", change: .all(Set(streams)))
            while !Task.isCancelled {
                try? await demand.announce(announcement)
                try? await Task.sleep(for: interval)
            }
        }
    }

    /// Every one of the streams has come beyond its count.
    func holds(_ counts: [StreamName: Int]) async throws -> Bool {
        for (stream, count) in counts where try await log(stream).count <= count { return false }
        return true
    }

    /// The log of a stream from its beginning.
    func log(_ stream: StreamName) async throws -> [Publication] {
        try await history.read(stream, from: 0, limit: 100_000).entries
    }
}
