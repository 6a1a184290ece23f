/// A pair of a market as credentials may spell it: `btc_usdt`, `BTC-USDT` and `BTC/USDT` are `BTCUSDT`. A value.
struct TradingPair: Sendable, Hashable {
    let symbol: String

    init(of text: String) { symbol = text.uppercased().filter { !"_-/".contains($0) } }
}
