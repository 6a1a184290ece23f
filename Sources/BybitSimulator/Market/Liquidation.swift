/// A forced close that the market carried out. `longClosed` is `S: "Buy"` on the wire, as the exchange has it.
package struct Liquidation: Sendable {
    package let time: Int64
    package let longClosed: Bool
    package let price: Int
    package let size: Int
}
