import Core
import Testing

@Suite("A list of instruments is known by its checksum")
struct InstrumentListTests {
    @Test func theSameSymbolsHaveTheSameChecksumInEveryProcess() throws {
        let list = try #require(InstrumentList(["BTCUSDT", "ETHUSDT"]))
        #expect(list.checksum == InstrumentList(["ETHUSDT", "BTCUSDT"])?.checksum)
        // FNV-1a of "BTCUSDT\nETHUSDT\n", worked out elsewhere.
        #expect(list.checksum == 0x8b3a_6ba4_a830_0d15)
    }

    @Test(arguments: [["BTCUSDT"], ["BTCUSDTETHUSDT"], ["BTCUSD", "TETHUSDT"], []] as [Set<String>])
    func othersHaveAnother(_ symbols: Set<String>) throws {
        let list = try #require(InstrumentList(["BTCUSDT", "ETHUSDT"]))
        #expect(try #require(InstrumentList(symbols)).checksum != list.checksum)
        #expect(!list.contains("SOLUSDT") && list.contains("BTCUSDT"))
    }

    @Test(arguments: ["", "BTC USDT", "BTC\"", "BTC\n", "Ä", String(repeating: "A", count: 65)])
    func whatCanBeNoSymbolIsLeftOut(_ symbol: String) {
        #expect(InstrumentList(["BTCUSDT", symbol]) == InstrumentList(["BTCUSDT"]))
    }

    @Test func thereIsABoundOnSymbols() {
        #expect(InstrumentList((0..<20_000).map { "S\($0)" }) != nil)
        #expect(InstrumentList((0...20_000).map { "S\($0)" }) == nil)
    }

    @Test(arguments: [
        ("BTCUSD", ["BTCUSDT", "ETHUSDT", "BTCPERP"]), ("BTCUSTD", ["BTCUSDT", "BTCPERP", "ETHUSDT"]),
        ("BTC", ["BTCPERP", "BTCUSDT"]), ("PEPEUSDT", ["ETHUSDT", "1000PEPEUSDT", "BTCUSDT"]),
        ("QQQQQQQQQQ", []), (String(repeating: "Q", count: 40), []),
    ])
    func theNearestAreFound(symbol: String, nearest: [String]) throws {
        let list = try #require(InstrumentList(["BTCUSDT", "ETHUSDT", "BTCPERP", "1000PEPEUSDT", "BTCUSDT-26DEC25"]))
        #expect(list.nearest(to: symbol) == nearest)
    }
}
