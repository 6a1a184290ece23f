/// One execution at the best level of the book at its moment.
package struct Trade: Sendable {
    package let time: Int64
    /// The taker's side.
    package let isBuy: Bool
    package let price: Int
    package let size: Int
    package let direction: TickDirection
    package let identity: (high: UInt64, low: UInt64)
    /// Shared by all executions of one taker order.
    package let sequence: Int
}
