import Core
import NIOCore
import Stores
import TestSupport
import Testing

@testable import EdgeNode

@Suite struct StreamStateTests {
    private func snapshot(of state: StreamState) -> Publication? {
        var copy = state
        return copy.snapshot()
    }

    @Test func aLatestStreamIsItsLastPublication() throws {
        var state = StreamState(.latest)
        #expect(snapshot(of: state) == nil)
        state.apply(try .ticker(1))
        state.apply(try .ticker(2))
        #expect(snapshot(of: state) == (try .ticker(2, .snapshot)))
    }

    @Test func aGapMovesThePositionAndKeepsTheState() throws {
        var state = StreamState(.latest)
        state.apply(try .ticker(1))
        state.apply(try .ticker(2, epoch: 2, .gap(.failover)))
        #expect(state.position == Position(epoch: 2, sequence: 2))
        #expect(snapshot(of: state) == (try .ticker(2, epoch: 2, .snapshot)))
    }

    @Test func aGapMakesABookWorthNothingUntilTheNextSnapshot() throws {
        var state = StreamState(.delta)
        state.apply(try .depth(1, .snapshot))
        state.apply(try .depth(2, epoch: 2, .gap(.failover)))
        #expect(state.position == Position(epoch: 2, sequence: 2))
        #expect(snapshot(of: state) == nil && !state.hasBase)
        state.apply(try .depth(3, epoch: 2, .snapshot))
        #expect(snapshot(of: state) == (try .depth(3, epoch: 2, .snapshot)))
    }

    @Test func anEventStreamHasAPositionAndNoState() throws {
        var state = StreamState(.event)
        state.apply(try .trade(4))
        #expect(state.position == Position(epoch: 1, sequence: 4))
        #expect(snapshot(of: state) == nil)
    }

    @Test func changesBeforeTheFirstSnapshotAreNoState() throws {
        var state = StreamState(.delta)
        state.apply(try .depth(1))
        #expect(snapshot(of: state) == nil)
        #expect(state.position?.sequence == 1)
    }

    @Test func aHoleMakesABookWorthNothingUntilTheNextSnapshot() throws {
        var state = StreamState(.delta)
        state.apply(try .depth(1, .snapshot))
        state.apply(try .depth(2))
        _ = state.snapshot()
        state.invalidate()
        #expect(snapshot(of: state) == nil)
        state.apply(try .depth(4))
        #expect(snapshot(of: state) == nil)
        state.apply(try .depth(5, .snapshot))
        #expect(snapshot(of: state) == (try .depth(5, .snapshot)))
    }

    @Test func aHoleDoesNotHarmALatestStream() throws {
        var state = StreamState(.latest)
        state.apply(try .ticker(1))
        state.invalidate()
        #expect(snapshot(of: state)?.position.sequence == 1)
    }

    @Test func dataThatCannotBeReadGivesTheBookUp() throws {
        var state = StreamState(.delta)
        state.apply(try .depth(1, .snapshot))
        state.apply(try .of("depth.50.BTCUSDT", 2, data: "{"))
        #expect(snapshot(of: state) == nil)
        #expect(state.position?.sequence == 2)
    }

    /// Joiners come at random moments; each must get the book that somebody has who was there from the start.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func aMergedBookEqualsOneThatWasKeptAllAlong(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var state = StreamState(.delta)
        var bids: [Int: Int] = [:]
        var asks: [Int: Int] = [:]
        for sequence in 1...4000 as ClosedRange<UInt64> {
            let isSnapshot = sequence == 1 || Int.random(in: 0..<1500, using: &random) == 0
            if isSnapshot { (bids, asks) = ([:], [:]) }
            var changes: [[(Int, Int)]] = [[], []]
            for side in 0...1 {
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    let price = Int.random(in: 1...30, using: &random)
                    let size = Int.random(in: isSnapshot ? 1...3 : 0...3, using: &random)
                    changes[side].append((price, size))
                    if side == 0 { bids[price] = size == 0 ? nil : size } else { asks[price] = size == 0 ? nil : size }
                }
            }
            let change = Self.book(changes[0], changes[1], sequence)
            state.apply(try .of("depth.50.BTCUSDT", sequence, isSnapshot ? .snapshot : .update, data: change))
            guard Int.random(in: 0..<200, using: &random) == 0 || sequence == 4000 else { continue }
            let snapshot = state.snapshot()
            let data = try #require(snapshot?.data)
            var merged = OrderBook()
            try merged.apply(json: data, isSnapshot: true)
            #expect(merged.bids.map(\.price) == bids.keys.sorted(by: >).map { "\($0)" })
            #expect(merged.bids.map(\.size) == bids.sorted { $0.key > $1.key }.map { "\($0.value)" })
            #expect(merged.asks.map(\.price) == asks.keys.sorted().map { "\($0)" })
            #expect(merged.asks.map(\.size) == asks.sorted { $0.key < $1.key }.map { "\($0.value)" })
            #expect(merged.updateID == Int64(sequence))
            #expect(snapshot?.position.sequence == sequence && snapshot?.kind == .snapshot)
        }
    }

    @Test func theLogOfChangesIsBounded() throws {
        var state = StreamState(.delta)
        state.apply(try .depth(1, .snapshot))
        for sequence in 2...10_000 as ClosedRange<UInt64> { state.apply(try .depth(sequence)) }
        let log = try #require(Mirror(reflecting: state).children.first { $0.label == "log" }?.value as? [Publication])
        #expect(log.count <= StreamState.maximumDeltas)
        let whole = state.snapshot()
        var book = OrderBook()
        try book.apply(json: try #require(whole).data, isSnapshot: true)
        #expect(book.bids.count == 10_000)
    }

    @Test func aHistoryIsFollowedToItsEnd() throws {
        var state = StreamState(.delta)
        let entries = try [.depth(1, .snapshot), .depth(2), .depth(3)] as [Publication]
        state.apply(HistorySlice(entries: entries, oldest: entries[0].position, latest: entries[2].position))
        #expect(state.position?.sequence == 3)
        var events = StreamState(.event)
        events.apply(HistorySlice(oldest: entries[0].position, latest: entries[2].position))
        #expect(events.position == entries[2].position)
    }

    private static func book(_ bids: [(Int, Int)], _ asks: [(Int, Int)], _ id: UInt64) -> String {
        func side(_ levels: [(Int, Int)]) -> String {
            levels.map { #"["\#($0.0)","\#($0.1)"]"# }.joined(separator: ",")
        }
        return #"{"symbol":"BTCUSDT","bids":[\#(side(bids))],"asks":[\#(side(asks))],"updateId":\#(id)}"#
    }
}
