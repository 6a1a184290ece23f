import BybitSimulator
import Composition
import EdgeNode
import Ingestor
import Logging
import Platform
import Stores

/// The time from the ingestor's read of a frame to a client's read of what came of it, over loopback sockets, with
/// simulator, gateway and client in one process.
struct LatencyBench {
    let symbols: Int
    let seconds: Int

    func run() async throws -> String {
        let samples = try await SimulatedMarket.with(symbols: symbols, rate: 10, measure)
        return try LatencyFigures(samples, seconds: seconds).description
    }

    private func measure(_ market: SimulatedMarket) async throws -> [Int64] {
        let settings = try ResolvedSettings.defaults(for: .standalone)
            .replacing(Settings.Edge.port, with: 0)
            .replacing(Settings.Edge.host, with: "127.0.0.1")
            .replacing(Settings.Clients.maxSubscriptions, with: symbols)
        let gateway = try await Gateway.make(
            settings,
            upstream: .url(try WebSocketURL(market.url)),
            port: nil,
            logger: Logger(label: "bench")
        )
        let probe = LatencyProbe(market.tickers)
        let subscriber = gateway.stores.broker.attach(LatencyTap(probe))
        for stream in market.tickers { try await subscriber.subscribe(to: stream) }
        return try await withThrowingTaskGroup(of: [Int64].self) { tasks in
            tasks.addTask {
                try await gateway.run()
                return []
            }
            tasks.addTask {
                try await LatencyClient.measure(market.tickers, port: gateway.edge.port ?? 0, probe, seconds: seconds)
            }
            defer { tasks.cancelAll() }
            return try await tasks.next() ?? []
        }
    }
}
