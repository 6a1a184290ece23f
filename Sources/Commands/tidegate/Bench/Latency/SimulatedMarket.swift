import BybitSimulator
import Logging
import Shared

/// A simulator of the exchange in this process, and the tickers that it has.
struct SimulatedMarket {
    let url: String
    let tickers: [StreamName]
    private let simulator: BybitSimulator

    /// - Parameter rate: Tickers a second and symbol.
    static func start(symbols: Int, rate: Double) async throws -> SimulatedMarket {
        var configuration = SimulatorConfiguration()
        configuration.symbols = symbols
        configuration.rate = rate
        let tickers = try InstrumentCatalogue(count: symbols).instruments.map {
            try StreamName(.ticker, symbol: $0.symbol)
        }
        let simulator = BybitSimulator(configuration: configuration, logger: Logger(label: "simulator"))
        let port = try await simulator.start()
        return SimulatedMarket(url: "ws://127.0.0.1:\(port)/v5/public/linear", tickers: tickers, simulator: simulator)
    }

    func stop() async { await simulator.stop() }
}
