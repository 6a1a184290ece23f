import Composition
import LoadGenerator
import Logging
import NIOPosix
import Platform
import Stores

extension TidegateStores {
    /// With the stores that the gateway's own programs have.
    package static let connect: Connector = { options, endpoint in
        let settings = try ResolvedSettings.defaults(for: .edgeNode)
            .replacing(Settings.Stores.brokerURL, with: "\(endpoint)")
            .replacing(Settings.Stores.historyURL, with: options.history.map { "\($0)" } ?? "none")
            .replacing(Settings.Common.brand, with: options.brand)
        // As an edge node: an ingestor would ask for the leader's lease.
        let stores = try ConnectedStores(
            settings,
            for: .edgeNode,
            catalog: StreamCatalogs.make(settings),
            group: MultiThreadedEventLoopGroup(numberOfThreads: 1),
            logger: Logger(label: "loadtest") { _ in SwiftLogNoOpLogHandler() }
        )
        return TidegateStores(broker: stores.broker, history: stores.history, outlet: stores.outlet)
    }
}
