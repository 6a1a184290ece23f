import BybitFeed
import Composition
import Ingestor
import Logging
import NIOCore
import NIOPosix
import Platform
import Stores

/// The ingestor's process: settings from the environment, one line about what is wrong with them, or a service until
/// SIGTERM.
@main
enum IngestorCommand {
    static func main() async throws {
        let id = NodeID.ingestor()
        let settings = await ResolvedSettings.loadOrExit(for: .ingestor, node: id)
        let document = LiveDocument.loadOrExit(settings, sections: DocumentSections.all)
        let logger = Logger(label: "ingestor")
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            Remarks.logMisspellings(logger: logger)
            let catalog = StreamCatalogs.make(settings, document)
            let stores = try ConnectedStores(
                settings,
                for: .ingestor,
                catalog: catalog,
                group: group,
                logger: Logger(label: "stores")
            )
            if stores.leadership == nil {
                logger.warning("there is no Redis to keep a lease in: this must be the only ingestor")
            }
            var configuration = Ingestor.Configuration(settings)
            configuration.id = id
            let ingestor = Ingestor(
                configuration: configuration,
                catalog: catalog,
                feeds: [BybitFeed(configuration: try .init(settings), logger: logger)],
                leadership: stores.leadership ?? SoleLeadership(epoch: UInt64(WallClock.milliseconds())),
                outlet: stores.outlet,
                broker: stores.broker,
                history: stores.history,
                demand: stores.demandBoard(logger: logger),
                control: ControlSigner(settings, logger: logger),
                signer: try Signing.signer(settings, document, catalog: catalog, logger: logger),
                group: group,
                logger: logger
            )
            let pulse = LoopPulse("ingestor", of: group.next())
            let admin = AdminServer(
                host: settings[Settings.Admin.host],
                port: settings[Settings.Admin.port] ?? Settings.Admin.ingestorsPort,
                logger: logger,
                pages: IngestorPages.list(
                    ingestor,
                    document: document,
                    loops: [pulse],
                    token: settings[Settings.Admin.token].map { OperatorToken($0) }
                )
            )
            let page = try await admin.start()
            let beat = pulse.start()
            defer { beat.cancel() }
            let watching = document.watch()
            defer { watching.cancel() }
            try await ServiceRun.untilToldToStop(
                [ingestor],
                obstacles: { ingestor.state.storeProblems },
                logger: logger
            )
            await stores.close()
            try await page.close()
        } catch {
            exitWithError("ingestor", error)
        }
    }
}
