import Composition
import Core
import EdgeComposition
import EdgeNode
import Logging
import NIOCore
import NIOPosix
import Platform
import Stores

/// The edge node's process: settings from the environment, one line about what is wrong with them, or a service until
/// SIGTERM.
@main
enum EdgeNodeCommand {
    static func main() async throws {
        let id = NodeID.edge()
        let settings = await ResolvedSettings.loadOrExit(for: .edgeNode, node: id)
        let document = LiveDocument.loadOrExit(settings, sections: DocumentSections.all)
        let logger = Logger(label: "edge-node")
        let threads = EdgeNode.Configuration.threads(settings, cores: System.coreCount)
        // What comes from the stores is decoded on a loop of its own, beside those of the clients.
        let storeGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let instruments = Instruments()
            let catalog = StreamCatalogs.make(settings, document, instruments: instruments)
            Remarks.log(settings, document, catalog: catalog, logger: logger)
            let stores = try ConnectedStores(
                settings,
                for: .edgeNode,
                catalog: catalog,
                group: storeGroup,
                logger: Logger(label: "stores")
            )
            var configuration = try EdgeNode.Configuration(
                settings,
                dialects: .node(brand: settings[Settings.Common.brand])
            )
            configuration.id = id
            configuration.redis = stores.redis
            configuration.document = document
            configuration.otherLoops = [("stores", storeGroup.next())]
            configuration.countConnections(in: stores.leasedSets, logger: logger)
            configuration.signingKeys = Signing.keys(document)
            configuration.revocations = Revocations(settings, memory: stores.revocations, logger: logger)
            let admission = try await NodeAdmission(
                settings,
                document,
                group: storeGroup,
                logger: logger
            )
            admission.apply(to: &configuration)
            if configuration.resumeTokenKey == nil {
                logger.notice("RESUME_TOKEN_KEY is not set: a resume token holds on this node only, and until it ends")
            } else {
                let keys = ResumeKeys(configuration.resumeTokenKey).words
                logger.info("resume tokens have their keys", metadata: ["resume_token_keys": "\(keys)"])
            }
            let node = EdgeNode(
                configuration: configuration,
                catalog: catalog,
                broker: stores.broker,
                history: stores.history,
                demand: stores.demandBoard(logger: logger),
                group: MultiThreadedEventLoopGroup(numberOfThreads: threads),
                logger: logger
            )
            try await node.start()
            let keys = admission.follow(for: node)
            defer { keys?.cancel() }
            let watching = document.watch()
            defer { watching.cancel() }
            let following = stores.follower(of: instruments, logger: logger).follow()
            try await ServiceRun.untilToldToStop([node], obstacles: { node.obstacles }, logger: logger)
            following.cancel()
            await following.value
            await stores.close()
        } catch {
            exitWithError("edge-node", error)
        }
    }
}
