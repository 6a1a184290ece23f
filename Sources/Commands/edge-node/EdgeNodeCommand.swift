import EdgeNode
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Shared
import UnixSignals

/// The edge node's process: settings from the environment, one line about what is wrong with them, or a service until
/// SIGTERM.
@main
enum EdgeNodeCommand {
    static func main() async throws {
        let settings = await ResolvedSettings.loadOrExit(for: .edgeNode)
        let logger = Logger(label: "edge-node")
        let configuration = EdgeNode.Configuration(settings)
        let threads = EdgeNode.Configuration.threads(settings, cores: System.coreCount)
        let broker = InProcessBroker()
        let node = EdgeNode(
            configuration: configuration,
            broker: broker,
            history: InProcessHistory(retention: Retention(settings)),
            demand: BrokerDemandBoard(broker: broker, logger: logger),
            group: MultiThreadedEventLoopGroup(numberOfThreads: threads),
            logger: logger
        )
        logger.warning("this release has no broker between processes: clients can connect, and no data will come")
        do {
            try await node.start()
            try await ServiceGroup(
                services: [node],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            ).run()
        } catch {
            exitWithError("edge-node", error)
        }
    }
}
