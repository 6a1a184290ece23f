/// One side of a book, best price first. Its length is bounded by the market, which trims its far end.
package struct BookSide: Sendable {
    package enum Kind: Sendable {
        case bids
        case asks
    }

    package let kind: Kind
    package private(set) var levels: [BookLevel] = []

    package init(_ kind: Kind) {
        self.kind = kind
    }

    package var best: BookLevel? { levels.first }
    package var count: Int { levels.count }

    /// Whether `first` stands before `second` in this side.
    package func isBetter(_ first: Int, than second: Int) -> Bool {
        kind == .bids ? first > second : first < second
    }

    /// The price that lies `distance` ticks behind `price`, away from the other side.
    package func price(_ distance: Int, behind price: Int) -> Int {
        kind == .bids ? price - distance : price + distance
    }

    /// Inserts or replaces the level of `price`; size 0 deletes it.
    package mutating func set(_ price: Int, size: Int) {
        let index = position(of: price)
        let exists = index < levels.count && levels[index].price == price
        switch (exists, size > 0) {
        case (true, true): levels[index].size = size
        case (true, false): levels.remove(at: index)
        case (false, true): levels.insert(BookLevel(price: price, size: size), at: index)
        case (false, false): break
        }
    }

    package mutating func resize(at index: Int, to size: Int) {
        levels[index].size = size
    }

    package mutating func remove(at index: Int) {
        levels.remove(at: index)
    }

    package mutating func append(_ level: BookLevel) {
        levels.append(level)
    }

    package mutating func trim(to count: Int) {
        if levels.count > count { levels.removeLast(levels.count - count) }
    }

    private func position(of price: Int) -> Int {
        var low = 0
        var high = levels.count
        while low < high {
            let middle = (low + high) / 2
            if isBetter(levels[middle].price, than: price) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
