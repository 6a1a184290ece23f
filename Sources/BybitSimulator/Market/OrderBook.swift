/// Both sides of a symbol's book. The market that owns it keeps it uncrossed and deep enough for every view.
package struct OrderBook: Sendable {
    package var bids = BookSide(.bids)
    package var asks = BookSide(.asks)

    package init() {}

    /// Ticks between the best prices; at least 1 when the book is not crossed, `nil` while a side is empty.
    package var spread: Int? {
        guard let bid = bids.best, let ask = asks.best else { return nil }
        return ask.price - bid.price
    }
}
