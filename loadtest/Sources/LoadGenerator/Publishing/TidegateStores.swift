import Platform
import Stores

/// The broker and the history that a load test publishes to, as an ingestor would use them. Whoever makes them knows which kinds
/// there are; the load generator does not.
package struct TidegateStores: Sendable {
    /// Connects to the broker at the endpoint and to the history of the options.
    package typealias Connector = @Sendable (LoadOptions, Endpoint) async throws -> TidegateStores

    private static let patience = 100
    private static let pause = Duration.milliseconds(50)

    let broker: any Broker
    let history: any History
    let outlet: any PublicationOutlet

    package init(broker: any Broker, history: any History, outlet: any PublicationOutlet) {
        self.broker = broker
        self.history = history
        self.outlet = outlet
    }

    /// Returns when they are connected; throws where they are not within five seconds.
    func wait(_ options: LoadOptions, _ endpoint: Endpoint) async throws {
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
