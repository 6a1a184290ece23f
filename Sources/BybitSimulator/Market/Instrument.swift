/// A symbol's fixed facts. Prices are kept in ticks and sizes in lots, both whole numbers, so that every decimal string
/// is exact; `priceScale` and `sizeScale` are the digits after the point.
package struct Instrument: Equatable, Sendable {
    package let symbol: String
    package let priceScale: Int
    /// How many units of the last printed digit a tick is: BTCUSDT moves by 0.10 and prints two digits, so 10.
    package let tickUnits: Int
    package let sizeScale: Int
    /// Where the random walk starts and what it is drawn back to.
    package let anchorTicks: Int
    /// The usual size of a level, in lots.
    package let typicalSize: Int

    package func price(_ ticks: Int) -> Int { ticks * tickUnits }
}
