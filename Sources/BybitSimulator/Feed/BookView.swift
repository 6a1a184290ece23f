/// The top of a book as a topic's subscribers have it, and the changes that bring them to the book's present top.
///
/// Levels that leave the view because better ones pushed them out are deleted; levels that enter it are inserted: a
/// client that applies the changes holds exactly the first `depth` levels. Bounded by `depth` levels a side.
package struct BookView: Sendable {
    package struct Changes: Equatable, Sendable {
        package var bids: [BookLevel]
        package var asks: [BookLevel]
    }

    package let depth: Int
    package private(set) var bids: [BookLevel]
    package private(set) var asks: [BookLevel]

    package init(depth: Int, of book: OrderBook) {
        self.depth = depth
        bids = Array(book.bids.levels.prefix(depth))
        asks = Array(book.asks.levels.prefix(depth))
    }

    /// `nil` when the view shows the book's top already.
    package mutating func advance(to book: OrderBook) -> Changes? {
        let changes = Changes(
            bids: Self.difference(from: bids, to: book.bids, depth: depth),
            asks: Self.difference(from: asks, to: book.asks, depth: depth)
        )
        guard !changes.bids.isEmpty || !changes.asks.isEmpty else { return nil }
        if !changes.bids.isEmpty { bids = Array(book.bids.levels.prefix(depth)) }
        if !changes.asks.isEmpty { asks = Array(book.asks.levels.prefix(depth)) }
        return changes
    }

    /// A merge of two lists that are sorted alike, best first; so are the changes.
    private static func difference(from old: [BookLevel], to side: BookSide, depth: Int) -> [BookLevel] {
        let new = side.levels.prefix(depth)
        var changes: [BookLevel] = []
        var oldIndex = 0
        var newIndex = 0
        while oldIndex < old.count || newIndex < new.count {
            if newIndex == new.count {
                changes.append(BookLevel(price: old[oldIndex].price, size: 0))
                oldIndex += 1
            } else if oldIndex == old.count {
                changes.append(new[newIndex])
                newIndex += 1
            } else if old[oldIndex].price == new[newIndex].price {
                if old[oldIndex].size != new[newIndex].size { changes.append(new[newIndex]) }
                oldIndex += 1
                newIndex += 1
            } else if side.isBetter(old[oldIndex].price, than: new[newIndex].price) {
                changes.append(BookLevel(price: old[oldIndex].price, size: 0))
                oldIndex += 1
            } else {
                changes.append(new[newIndex])
                newIndex += 1
            }
        }
        return changes
    }
}
