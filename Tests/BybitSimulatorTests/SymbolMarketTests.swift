import Testing

@testable import BybitSimulator

struct SymbolMarketTests {
    private static let catalogue = InstrumentCatalogue(count: 22)

    private static func market(_ index: Int, seed: UInt64, depth: Int = 50) -> SymbolMarket {
        SymbolMarket(instrument: catalogue.instruments[index], seed: seed, depth: depth, time: 1_790_757_082_283)
    }

    @Test
    func namesItsSymbols() {
        #expect(Self.catalogue.instruments.first?.symbol == "BTCUSDT")
        #expect(Self.catalogue.instruments[20].symbol == "SIM0021USDT")
        #expect(Self.catalogue.index(of: "SIM0022USDT") == 21)
        #expect(Set(InstrumentCatalogue(count: 10_000).instruments.map(\.symbol)).count == 10_000)
    }

    @Test(arguments: [0, 5, 9, 21], [UInt64(1), 2, 99])
    func booksStaySound(_ index: Int, _ seed: UInt64) {
        var market = Self.market(index, seed: seed, depth: 200)
        for step in 0..<1_500 {
            market.step(effort: [1, 2, 10][step % 3], at: Int64(step))
            #expect((market.book.spread ?? 0) >= 1)
            guard step % 20 == 0 else { continue }
            let bids = market.book.bids.levels
            let asks = market.book.asks.levels
            #expect(bids.count >= 200 && asks.count >= 200 && bids.count < 400 && asks.count < 400)
            #expect(zip(bids, bids.dropFirst()).allSatisfy { $0.price > $1.price })
            #expect(zip(asks, asks.dropFirst()).allSatisfy { $0.price < $1.price })
            #expect(bids.allSatisfy { $0.size > 0 && $0.price > 0 } && asks.allSatisfy { $0.size > 0 })
        }
    }

    @Test
    func sameSeedSameMarket() {
        var first = Self.market(0, seed: 7)
        var second = Self.market(0, seed: 7)
        var other = Self.market(0, seed: 8)
        for time in 0..<500 {
            first.step(effort: 10, at: Int64(time))
            second.step(effort: 10, at: Int64(time))
            other.step(effort: 10, at: Int64(time))
        }
        #expect(first.book.bids.levels == second.book.bids.levels)
        #expect(first.sequence == second.sequence)
        #expect(first.book.bids.levels != other.book.bids.levels)
    }

    @Test(arguments: [true, false])
    func tradesTakeTheBestLevelsInTurn(_ isBuy: Bool) {
        var market = Self.market(1, seed: 3)
        for round in 0..<2_000 {
            market.step(effort: 10, at: Int64(round))
            let before = isBuy ? market.book.asks.levels : market.book.bids.levels
            let first = market.trades.count
            market.execute(isBuy: isBuy, size: 1 + round * 3)
            var left = before.prefix(3)
            for trade in market.trades[first...] {
                #expect(trade.isBuy == isBuy && trade.size > 0)
                #expect(trade.price == left.first?.price)
                left[left.startIndex].size -= trade.size
                #expect(left[left.startIndex].size >= 0)
                if left[left.startIndex].size == 0 { left = left.dropFirst() }
            }
            let traded = market.trades[first...].reduce(0) { $0 + $1.size }
            #expect(traded == min(1 + round * 3, before.prefix(3).reduce(0) { $0 + $1.size }))
            // What was taken in part stands there with the rest of its size.
            let after = isBuy ? market.book.asks.levels : market.book.bids.levels
            if let level = left.first { #expect(after.contains(level)) }
        }
    }

    @Test
    func tradesMoveTheStatisticsAndTheirDirection() {
        var market = Self.market(0, seed: 11)
        var last = market.lastPrice
        var traded = 0
        for round in 0..<1_000 {
            market.step(effort: 10, at: Int64(round))
            for trade in market.trades {
                let isUp = trade.direction == .plus || trade.direction == .zeroPlus
                if trade.price > last { #expect(trade.direction == .plus) }
                if trade.price < last { #expect(trade.direction == .minus) }
                if trade.price == last { #expect(trade.direction == (isUp ? .zeroPlus : .zeroMinus)) }
                last = trade.price
                traded += 1
            }
            #expect(market.lastPrice == last)
            #expect(market.statistics.low <= last && last <= market.statistics.high)
        }
        #expect(traded > 500)
    }
}
