import NIOCore
import TestSupport
import Testing

@testable import Core

@Suite("The order book keeps what the exchange's rules leave in it")
struct OrderBookTests {
    private func level(_ price: String, _ size: String) throws -> PriceLevel {
        try #require(PriceLevel(price: price, size: size))
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func itEqualsANaiveBookAfterRandomChanges(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var book = OrderBook()
        var bids: [Int: String] = [:]
        var asks: [Int: String] = [:]
        for step in 0..<2_000 {
            let ticks = Int.random(in: 1...120, using: &generator)
            let size = Int.random(in: 0...3, using: &generator) == 0 ? ["0", "0.000"][step % 2] : "\(step).5"
            let price = "\(ticks / 10).\(ticks % 10)"
            let kept = size.hasPrefix("0") ? nil : size
            if Bool.random(using: &generator) {
                book.apply(bid: try level(price, size))
                bids[ticks] = kept ?? (Double(size) == 0 ? nil : size)
            } else {
                book.apply(ask: try level(price, size))
                asks[ticks] = kept ?? (Double(size) == 0 ? nil : size)
            }
        }
        let wantedBids = bids.sorted { $0.key > $1.key }.map { ["\($0.key / 10).\($0.key % 10)", $0.value] }
        let wantedAsks = asks.sorted { $0.key < $1.key }.map { ["\($0.key / 10).\($0.key % 10)", $0.value] }
        #expect(book.bids.map { [$0.price, $0.size] } == wantedBids)
        #expect(book.asks.map { [$0.price, $0.size] } == wantedAsks)
    }

    @Test func aPriceIsOneLevelHoweverItIsWritten() throws {
        var book = OrderBook()
        book.apply(bid: try level("1.10", "5"))
        book.apply(bid: try level("1.1", "6"))
        #expect(book.bids == [try level("1.1", "6")])
        book.apply(bid: try level("1.100", "0"))
        #expect(book.bids.isEmpty)
    }

    @Test func pricesAreComparedAsNumbersNotAsTexts() throws {
        var book = OrderBook()
        for price in ["9", "10", "100.5", "100.45", "0.0000000001"] {
            book.apply(bid: try level(price, "1"))
            book.apply(ask: try level(price, "1"))
        }
        #expect(book.asks.map(\.price) == ["0.0000000001", "9", "10", "100.45", "100.5"])
        #expect(book.bids.map(\.price) == ["100.5", "100.45", "10", "9", "0.0000000001"])
    }

    @Test func deletingWhatIsNotThereChangesNothing() throws {
        var book = OrderBook()
        book.apply(ask: try level("2", "1"))
        book.apply(ask: try level("3", "0"))
        book.apply(bid: try level("2", "0"))
        #expect(book.asks.count == 1 && book.bids.isEmpty)
    }

    /// Of small and of large, of long and of short, and of some that differ in their last digit alone.
    @Test func aPriceOfAnyLengthHasItsPlace() throws {
        let long = String(repeating: "1234567890", count: 6)
        let ascending = [
            "-\(long)", "-922337203.68547758070001", "-0.00000000001", "0", "0.00000000000000000001", "0.00000000001",
            "0.000000000011", "0.00000000002", "0.1", "1.00000000001", "1.000000000010001", "1.00000000002",
            "922337203.6854775807", "922337203.68547758071", "922337204", "9223372036854775807", "9223372036854775808",
            "99999999999999999999", "100000000000000000000", long, "\(long).5", "\(long)0",
        ]
        for seed in 1...5 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var book = OrderBook()
            for price in ascending.shuffled(using: &generator) {
                book.apply(bid: try level(price, "1"))
                book.apply(ask: try level(price, "1"))
            }
            #expect(book.asks.map(\.price) == ascending)
            #expect(book.bids.map(\.price) == ascending.reversed())
            for price in ascending.shuffled(using: &generator) {
                let other = price.contains(".") ? "\(price)00" : "\(price).000"
                book.apply(ask: try level(other, "2"))
                book.apply(bid: try level(other, "0"))
            }
            #expect(book.asks.count == ascending.count && book.asks.allSatisfy { $0.size == "2" })
            #expect(book.bids.isEmpty)
        }
    }

    @Test func zeroHasNoSign() throws {
        var book = OrderBook()
        for price in ["0", "-0", "0.00000000000000", "-0.00000000000000", "000"] {
            book.apply(bid: try level(price, "1"))
        }
        #expect(book.bids.count == 1)
        #expect(try level("1", "-0.0").isDeletion)
    }

    @Test(arguments: ["", "a", "-", ".", "1e5", "1.2.3", "--1", "+1", "1 "])
    func whatIsNoDecimalIsNoPrice(_ price: String) {
        #expect(PriceLevel(price: price, size: "1") == nil)
    }

    @Test func whatStandsBehindPriceAndSizeIsPassedOver() throws {
        let text = #"[["1","2","3"],[1.5,2,{"a":[]},null],["5E-7","1e3"]]"#
        var levels: [[String]] = []
        try JSONReading.read(text) { try $0.levels { levels.append([$0.price, $0.size]) } }
        #expect(levels == [["1", "2"], ["1.5", "2"], ["0.0000005", "1000"]])
    }

    @Test func theJSONThatItWritesMakesTheSameBook() throws {
        var book = OrderBook()
        for price in ["3.5", "2.5", "1.5"] { book.apply(bid: try level(price, "1.000")) }
        book.apply(ask: try level("4.5", "7"))
        book.updateID = 77
        let buffer = book.makeData(symbol: "BTCUSDT")
        #expect(
            String(buffer: buffer)
                == #"{"symbol":"BTCUSDT","bids":[["3.5","1.000"],["2.5","1.000"],["1.5","1.000"]],"asks":[["4.5","7"]],"updateId":77}"#
        )
        var read = OrderBook()
        read.apply(ask: try level("9", "9"))
        try read.apply(json: buffer, isSnapshot: true)
        #expect(read == book)
    }

    @Test func aChangeIsMergedAndABadOneLeavesTheBookAsItWas() throws {
        var book = OrderBook()
        let snapshot = #"{"symbol":"X","bids":[["2","1"],["1","1"]],"asks":[],"updateId":1}"#
        try book.apply(json: ByteBuffer(string: snapshot), isSnapshot: true)
        let change = #"{"symbol":"X","bids":[["2","0"],["1.5","4"]],"asks":[["3","1"]],"updateId":2}"#
        try book.apply(json: ByteBuffer(string: change), isSnapshot: false)
        #expect(book.bids.map(\.price) == ["1.5", "1"] && book.asks.map(\.price) == ["3"] && book.updateID == 2)
        let before = book
        for bad in [
            #"{"bids":[["9","1"]],"asks":[["x","1"]]}"#, #"{"bids":[["9"]]}"#, #"{"bids":[["9",[]]]}"#,
            #"{"bids":[["9",""]]}"#, #"{"bids":[["","1"]]}"#, #"{"bids":{}}"#, #"{"updateId":"3"}"#,
            #"{"bids":[["9","1"]]"#, "",
        ] {
            #expect(throws: JSONError.self) { try book.apply(json: ByteBuffer(string: bad), isSnapshot: true) }
            #expect(book == before, "\(bad)")
        }
    }

    @Test func atMostTenThousandLevelsAreRead() throws {
        func text(_ count: Int) -> String {
            "[\(Array(repeating: #"["1","1"]"#, count: count).joined(separator: ","))]"
        }
        var count = 0
        try JSONReading.read(text(10_000)) { try $0.levels { _ in count += 1 } }
        #expect(count == 10_000)
        #expect(throws: JSONError.self) { try JSONReading.read(text(10_001)) { try $0.levels { _ in } } }
    }
}
