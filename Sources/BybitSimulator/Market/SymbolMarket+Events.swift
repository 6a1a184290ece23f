/// What happens to a book: orders, cancellations, trades, and how makers answer them.
extension SymbolMarket {
    /// One order event: mostly a level changes, now and then somebody trades.
    mutating func event() {
        let side: WritableKeyPath<OrderBook, BookSide> = generator.chance(1, in: 2) ? \.bids : \.asks
        switch generator.below(100) {
        case ..<50: book[keyPath: side].resize(at: randomIndex(in: side), to: randomSize())
        case ..<67: insert(side)
        case ..<82: cancel(side)
        default: take()
        }
    }

    private mutating func insert(_ side: WritableKeyPath<OrderBook, BookSide>) {
        guard let best = book[keyPath: side].best, let spread = book.spread else { return }
        // Inside the spread when there is room, else behind the best price.
        let improves = spread > 1 && generator.chance(1, in: 3)
        let distance = improves ? -1 - generator.below(spread - 1) : 1 + generator.below(generator.below(60) + 1)
        let price = book[keyPath: side].price(distance, behind: best.price)
        guard price > 0 else { return }
        book[keyPath: side].set(price, size: randomSize())
    }

    private mutating func cancel(_ side: WritableKeyPath<OrderBook, BookSide>) {
        let index = randomIndex(in: side)
        // The best level goes only while that leaves the spread small.
        guard index > 0 || (book.spread ?? 0) < 4, book[keyPath: side].count > 2 else { return }
        book[keyPath: side].remove(at: index)
    }

    private mutating func take() {
        // The further the price is from its anchor, the likelier is a trade back: the walk stays in reach of its start.
        let drift = (instrument.anchorTicks - lastPrice) * 5_000 / instrument.anchorTicks
        let isBuy = generator.chance(min(max(500 + drift, 200), 800), in: 1_000)
        guard let best = isBuy ? book.asks.best : book.bids.best else { return }
        let size: Int
        switch generator.below(20) {
        case ..<14: size = 1 + generator.below(best.size)
        case ..<18: size = best.size
        default: size = best.size + randomSize()
        }
        execute(isBuy: isBuy, size: size)
    }

    /// Takes `size` from the best levels, at most three of them, and lets makers answer when a level is gone.
    mutating func execute(isBuy: Bool, size: Int) {
        let side: WritableKeyPath<OrderBook, BookSide> = isBuy ? \.asks : \.bids
        sequence += 1
        var left = size
        var emptied = false
        for _ in 0..<3 {
            guard left > 0, book[keyPath: side].count > 1, let best = book[keyPath: side].best else { break }
            let taken = min(left, best.size)
            left -= taken
            print(isBuy: isBuy, price: best.price, size: taken)
            book[keyPath: side].set(best.price, size: best.size - taken)
            emptied = emptied || taken == best.size
        }
        if emptied { answer(isBuy: isBuy) }
    }

    /// Two makers may stand at a price: some takes are two executions.
    private mutating func print(isBuy: Bool, price: Int, size: Int) {
        if size > 1, generator.chance(1, in: 4) {
            let first = 1 + generator.below(size - 1)
            record(isBuy: isBuy, price: price, size: first)
            record(isBuy: isBuy, price: price, size: size - first)
        } else {
            record(isBuy: isBuy, price: price, size: size)
        }
    }

    private mutating func record(isBuy: Bool, price: Int, size: Int) {
        lastDirection = lastDirection.after(change: price - statistics.lastPrice)
        let trade = Trade(
            time: time,
            isBuy: isBuy,
            price: price,
            size: size,
            direction: lastDirection,
            identity: (generator.next(), generator.next()),
            sequence: sequence
        )
        trades.append(trade)
        statistics.add(trade)
    }

    /// After a level is gone, usually the other side follows the price; sometimes the old price comes back.
    private mutating func answer(isBuy: Bool) {
        guard let spread = book.spread, spread > 1 else { return }
        let follows = generator.chance(6, in: 10)
        improve((isBuy == follows) ? \.bids : \.asks, by: spread - 1)
    }

    /// A wide spread doesn't last: makers step in until it is at most four ticks.
    mutating func tighten() {
        while let spread = book.spread, spread > 4 {
            improve(generator.chance(1, in: 2) ? \.bids : \.asks, by: 1 + generator.below(spread - 1))
        }
    }

    private mutating func improve(_ side: WritableKeyPath<OrderBook, BookSide>, by ticks: Int) {
        guard let best = book[keyPath: side].best else { return }
        book[keyPath: side].set(book[keyPath: side].price(-ticks, behind: best.price), size: randomSize())
    }

    mutating func liquidate() {
        let longClosed = generator.chance(1, in: 2)
        let first = trades.count
        execute(isBuy: !longClosed, size: randomSize())
        guard trades.count > first else { return }
        let size = trades[first...].reduce(0) { $0 + $1.size }
        liquidations.append(
            Liquidation(time: time, longClosed: longClosed, price: trades[first].price, size: size)
        )
    }

    /// Mostly near the best price, now and then anywhere, so that deep views move too.
    private mutating func randomIndex(in side: WritableKeyPath<OrderBook, BookSide>) -> Int {
        let count = book[keyPath: side].count
        let window = generator.chance(1, in: 4) ? count : min(count, 60)
        return generator.below(generator.below(window) + 1)
    }

    mutating func randomSize() -> Int {
        1 + generator.below(generator.below(instrument.typicalSize * 4) + 1)
    }
}
