import BybitCatalog
import Core
import TestSupport
import Testing

@Suite("The catalog knows which symbols the exchange has")
struct UnlistedSymbolTests {
    private let instruments: Instruments

    init() {
        let time = HandClock()
        instruments = Instruments { time.now }
    }

    private func absence(_ name: String, of catalog: BybitCatalog) async throws -> StreamAbsence? {
        let composite = CompositeCatalog([catalog])
        return await composite.absence(of: try composite.resolve(name, in: .op))
    }

    @Test(arguments: ["ticker:NOPE", "trade:NOPE", "depth:50:NOPE", "kline:1h:NOPE", "liquidation:NOPE"])
    func ofEachKind(_ name: String) async throws {
        instruments.hear(try #require(InstrumentList(["BTCUSDT"])))
        #expect(try await absence(name, of: BybitCatalog(instruments: instruments)) != nil)
        #expect(try await absence(name, of: BybitCatalog()) == nil)
    }

    @Test(arguments: ["ticker:BTCUSDT", "trade:BTCUSDT", "depth:50:BTCUSDT", "kline:1h:BTCUSDT", "orders:NOPE"])
    func whatThereIsIsNotAbsent(_ name: String) async throws {
        instruments.hear(try #require(InstrumentList(["BTCUSDT"])))
        #expect(try await absence(name, of: BybitCatalog(instruments: instruments)) == nil)
    }
}
