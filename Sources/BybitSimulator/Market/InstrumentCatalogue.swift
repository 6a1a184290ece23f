/// The symbols of the generated market: twenty real names, then SIM0021USDT and so on, and what is added to them. A value.
package struct InstrumentCatalogue: Sendable {
    package private(set) var instruments: [Instrument]
    private var indices: [String: Int]

    package init(count: Int) {
        var instruments = Array(Self.named.prefix(count))
        var number = instruments.count
        while number < count {
            number += 1
            let digits = String(number)
            let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            instruments.append(Self.make("SIM\(padded)USDT", number: number))
        }
        self.instruments = instruments
        indices = Dictionary(uniqueKeysWithValues: instruments.enumerated().map { ($1.symbol, $0) })
    }

    /// To be called for a symbol that is not there.
    mutating func add(_ symbol: String) {
        indices[symbol] = instruments.count
        instruments.append(Self.make(symbol, number: instruments.count + 1))
    }

    package func index(of symbol: String) -> Int? {
        indices[symbol]
    }

    private static let named: [Instrument] = [
        make("BTCUSDT", scale: 2, tick: 10, sizes: 3, anchor: 830_246, typical: 900),
        make("ETHUSDT", scale: 2, tick: 1, sizes: 2, anchor: 266_525, typical: 1_500),
        make("SOLUSDT", scale: 3, tick: 10, sizes: 1, anchor: 18_734, typical: 900),
        make("XRPUSDT", scale: 4, tick: 1, sizes: 1, anchor: 19_531, typical: 60_000),
        make("DOGEUSDT", scale: 5, tick: 1, sizes: 0, anchor: 17_012, typical: 25_000),
        make("ADAUSDT", scale: 4, tick: 1, sizes: 0, anchor: 7_012, typical: 8_000),
        make("BNBUSDT", scale: 2, tick: 10, sizes: 2, anchor: 6_412, typical: 900),
        make("AVAXUSDT", scale: 4, tick: 10, sizes: 1, anchor: 21_044, typical: 700),
        make("LINKUSDT", scale: 3, tick: 1, sizes: 1, anchor: 14_871, typical: 900),
        make("DOTUSDT", scale: 4, tick: 1, sizes: 1, anchor: 41_220, typical: 4_000),
        make("LTCUSDT", scale: 2, tick: 1, sizes: 1, anchor: 9_123, typical: 500),
        make("TRXUSDT", scale: 5, tick: 1, sizes: 0, anchor: 28_431, typical: 20_000),
        make("UNIUSDT", scale: 4, tick: 1, sizes: 1, anchor: 62_310, typical: 1_000),
        make("ATOMUSDT", scale: 4, tick: 1, sizes: 1, anchor: 43_210, typical: 1_000),
        make("NEARUSDT", scale: 4, tick: 1, sizes: 1, anchor: 25_730, typical: 3_000),
        make("APTUSDT", scale: 4, tick: 1, sizes: 2, anchor: 52_140, typical: 40_000),
        make("ARBUSDT", scale: 5, tick: 1, sizes: 1, anchor: 31_870, typical: 30_000),
        make("OPUSDT", scale: 4, tick: 1, sizes: 1, anchor: 7_215, typical: 8_000),
        make("SUIUSDT", scale: 5, tick: 10, sizes: 0, anchor: 34_105, typical: 2_000),
        make("FILUSDT", scale: 4, tick: 1, sizes: 1, anchor: 24_380, typical: 3_000),
    ]

    private static func make(_ symbol: String, number: Int) -> Instrument {
        Instrument(
            symbol: symbol,
            priceScale: 3,
            tickUnits: 1,
            sizeScale: 1,
            anchorTicks: 20_000 + number * 37,
            typicalSize: 500
        )
    }

    private static func make(
        _ symbol: String,
        scale: Int,
        tick: Int,
        sizes: Int,
        anchor: Int,
        typical: Int
    ) -> Instrument {
        Instrument(
            symbol: symbol,
            priceScale: scale,
            tickUnits: tick,
            sizeScale: sizes,
            anchorTicks: anchor,
            typicalSize: typical
        )
    }
}
