import BybitSimulator
import Core
import Logging

/// A simulator of the exchange in this process, and the tickers that it has.
struct SimulatedMarket {
    let url: String
    let tickers: [StreamName]

    /// Lets it run for as long as `body` does.
    ///
    /// - Parameter rate: Tickers a second and symbol.
    static func with<Result>(
        symbols: Int,
        rate: Double,
        _ body: (SimulatedMarket) async throws -> Result
    ) async throws -> Result {
        var configuration = SimulatorConfiguration()
        configuration.symbols = symbols
        configuration.rate = rate
        let tickers = try InstrumentCatalogue(count: symbols).instruments.map {
            try StreamName(canonical: "ticker.\($0.symbol)")
        }
        let simulator = BybitSimulator(configuration: configuration, logger: Logger(label: "simulator"))
        let port = try await simulator.start()
        let market = SimulatedMarket(url: "ws://127.0.0.1:\(port)/v5/public/linear", tickers: tickers)
        do {
            let result = try await body(market)
            await simulator.stop()
            return result
        } catch {
            await simulator.stop()
            throw error
        }
    }
}
