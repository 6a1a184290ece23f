import Composition
import Logging
import NIOPosix
import Platform
import Stores

/// The broker and the history that a load test publishes to, as an ingestor would use them.
struct TidegateStores: Sendable {
    private static let patience = 100
    private static let pause = Duration.milliseconds(50)

    let broker: any Broker
    let history: any History
    let outlet: any PublicationOutlet

    init(broker: any Broker, history: any History, outlet: any PublicationOutlet) {
        self.broker = broker
        self.history = history
        self.outlet = outlet
    }

    /// Returns when they are connected; throws where they are not within five seconds.
    init(_ options: LoadOptions, _ endpoint: Endpoint) async throws {
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
            logger: Logger(label: "loadtest", factory: TidegateOutlet.silent)
        )
        self.init(broker: stores.broker, history: stores.history, outlet: stores.outlet)
        for _ in 0..<Self.patience {
            if broker.status == .connected, history.status.isUsable { return }
            try await Task.sleep(for: Self.pause)
        }
        guard broker.status == .connected else { throw LoadFailure("no broker at \(endpoint): \(broker.status)") }
        throw LoadFailure("no history at \(options.history.map { "\($0)" } ?? "?"): \(history.status)")
    }

    func close() async {
        await broker.close()
        await history.close()
    }
}
