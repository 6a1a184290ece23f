import Ingestor
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Shared
import UnixSignals

/// The ingestor's process: settings from the environment, one line about what is wrong with them, or a service until
/// SIGTERM.
@main
enum IngestorCommand {
    static func main() async throws {
        let settings = await ResolvedSettings.loadOrExit(for: .ingestor)
        let logger = Logger(label: "ingestor")
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let broker = InProcessBroker()
            let ingestor = Ingestor(
                configuration: try .init(settings),
                leadership: SoleLeadership(epoch: UInt64(WallClock.milliseconds())),
                broker: broker,
                history: InProcessHistory(retention: Retention(settings)),
                demand: BrokerDemandBoard(broker: broker, logger: logger),
                group: group,
                logger: logger
            )
            let pages = IngestorPages(ingestor: ingestor)
            let admin = AdminServer(
                host: "0.0.0.0",
                port: settings[Settings.Ingestor.adminPort],
                group: group,
                logger: logger
            ) { pages.reply(to: $0) }
            logger.warning("this release has no broker between processes: what is ingested stays in this one")
            let page = try await admin.start()
            try await ServiceGroup(
                services: [ingestor],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            ).run()
            try await page.close()
        } catch {
            exitWithError("ingestor", error)
        }
    }
}
