import BybitSimulator
import Composition
import Stores

/// The same time through a cluster: ingestor, broker, history and edge node are processes of their own; the simulator, the
/// client and a tap at the broker, which tells when the ingestor had what, are in this one.
struct ClusterLatencyBench {
    /// Of all symbols together.
    static let publicationsPerSecond = 10_000

    let stores: LocalStores.Kind
    let symbols: Int
    let seconds: Int

    func run() async throws -> String {
        let servers = try await LocalStores.start(stores)
        defer { servers.stop() }
        let rate = min(Double(Self.publicationsPerSecond) / Double(symbols), SimulatorConfiguration.maximumRate)
        let samples = try await SimulatedMarket.with(symbols: symbols, rate: rate) { market in
            try await servers.withConnection { stores in try await measure(servers, stores, market) }
        }
        return try LatencyFigures(samples, seconds: seconds).description
    }

    private func measure(_ servers: LocalStores, _ stores: ConnectedStores, _ market: SimulatedMarket) async throws
        -> [Int64]
    {
        var environment = servers.environment
        environment["MAX_SUBSCRIPTIONS_PER_CLIENT"] = "\(symbols)"
        let ingestor = try await IngestorProcess.start(servers.environment, upstream: market.url)
        defer { ingestor.stop() }
        let edge = try await EdgeProcess.start(environment)
        defer { edge.stop() }
        let probe = LatencyProbe(market.tickers)
        let tap = stores.broker.attach(LatencyTap(probe))
        for stream in market.tickers { try await tap.subscribe(to: stream) }
        return try await LatencyClient.measure(market.tickers, port: edge.port, probe, seconds: seconds)
    }
}
