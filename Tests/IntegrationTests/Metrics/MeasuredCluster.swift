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
import TestSupport

@testable import EdgeNode
@testable import Ingestor

/// A simulated exchange, an ingestor with its pages and a node with its own, over stores within the process.
struct MeasuredCluster {
    static let token = "a-token-of-the-tests"

    let node: RunningNode
    let ingestorPort: Int

    /// Runs `body` with all of them, and ends them.
    static func with(_ body: (MeasuredCluster) async throws -> Void) async throws {
        let logger = CollectedLog().logger
        let group = MultiThreadedEventLoopGroup.singleton
        var market = SimulatorConfiguration()
        market.symbols = 1
        market.rate = 200
        let simulator = BybitSimulator(configuration: market, logger: logger)
        let url = try WebSocketURL("ws://127.0.0.1:\(try await simulator.start())/v5/public/linear")
        let (broker, history) = (InProcessBroker(), InProcessHistory())
        let ingestor = Ingestor(
            configuration: Ingestor.Configuration(),
            catalog: BybitCatalog(),
            feeds: [BybitFeed(configuration: BybitFeed.Configuration(url: url), logger: logger)],
            leadership: SoleLeadership(epoch: 1),
            broker: broker,
            history: history,
            demand: BrokerDemandBoard(broker: broker, logger: logger),
            group: group,
            logger: logger
        )
        let pages = IngestorPages.list(
            ingestor,
            loops: [LoopPulse("ingestor", of: group.next())],
            token: OperatorToken(token)
        )
        let admin = try await AdminServer(host: "127.0.0.1", port: 0, logger: logger, pages: pages).start()
        let service = ServiceGroup(services: [simulator, ingestor], logger: logger)
        let running = Task { try await service.run() }
        let result: Result<Void, any Error>
        do {
            try await RunningNode.with(broker: broker, history: history) {
                $0.adminPort = 0
                $0.adminHost = "127.0.0.1"
                $0.adminToken = OperatorToken(token)
            } _: { node in
                try await body(MeasuredCluster(node: node, ingestorPort: admin.localAddress?.port ?? 0))
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await service.triggerGracefulShutdown()
        try await running.value
        try await admin.close()
        try result.get()
    }
}
