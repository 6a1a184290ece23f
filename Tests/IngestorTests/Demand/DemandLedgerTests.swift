import Core
import NIOCore
import Stores
import Testing

@testable import Ingestor

@Suite("Demand is leased, node by node")
struct DemandLedgerTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let a = Self.stream("A")
    private let b = Self.stream("B")
    private let c = Self.stream("C")

    private static func stream(_ symbol: String) -> StreamName { name("ticker", symbol) }

    private static func name(_ type: String, _ symbol: String) -> StreamName {
        guard let name = try? StreamName(canonical: "\(type).\(symbol)") else {
            preconditionFailure("a bad name in a test")
        }
        return name
    }

    private func ledger() -> DemandLedger { DemandLedger(lease: .seconds(15)) }

    @Test func allReplacesAddAddsAndRemoveRemoves() {
        var ledger = ledger()
        func apply(_ change: DemandAnnouncement.Change) -> DemandLedger.Change {
            ledger.apply(DemandAnnouncement(node: "n", change: change), at: start)
        }
        #expect(apply(.all([a, b])) == DemandLedger.Change(wanted: [a, b]))
        #expect(apply(.add([b, c])) == DemandLedger.Change(wanted: [b, c]))
        #expect(apply(.remove([a])) == DemandLedger.Change(unwanted: [a]))
        #expect(apply(.remove([a])) == DemandLedger.Change())
        #expect(apply(.all([a])) == DemandLedger.Change(wanted: [a], unwanted: [b, c]))
        #expect(ledger.isWanted(a) && !ledger.isWanted(b))
    }

    @Test func aStreamIsWantedForAsLongAsOneNodeWantsIt() {
        var ledger = ledger()
        for node in ["m", "n"] {
            _ = ledger.apply(DemandAnnouncement(node: node, change: .all([a, b])), at: start)
        }
        #expect(ledger.apply(DemandAnnouncement(node: "m", change: .all([])), at: start) == DemandLedger.Change())
        #expect(ledger.isWanted(a))
        let change = ledger.apply(DemandAnnouncement(node: "n", change: .remove([a])), at: start)
        #expect(change == DemandLedger.Change(unwanted: [a]))
        #expect(ledger.isWanted(b))
    }

    @Test func aSilentNodesDemandEndsWithItsLease() {
        var ledger = ledger()
        _ = ledger.apply(DemandAnnouncement(node: "dead", change: .all([a, b])), at: start)
        _ = ledger.apply(DemandAnnouncement(node: "alive", change: .all([b, c])), at: start)
        _ = ledger.apply(DemandAnnouncement(node: "alive", change: .add([])), at: start + .seconds(10))
        #expect(ledger.expire(at: start + .seconds(14)) == DemandLedger.Change())
        #expect(ledger.expire(at: start + .seconds(15)) == DemandLedger.Change(unwanted: [a]))
        #expect(ledger.expire(at: start + .seconds(15)) == DemandLedger.Change())
        #expect(ledger.expire(at: start + .seconds(25)) == DemandLedger.Change(unwanted: [b, c]))
    }

    @Test func everythingThatAnyNodeWantsIsWanted() {
        var ledger = ledger()
        _ = ledger.apply(DemandAnnouncement(node: "m", change: .all([a, b])), at: start)
        _ = ledger.apply(DemandAnnouncement(node: "n", change: .all([b, c])), at: start + .seconds(10))
        #expect(ledger.wanted == [a, b, c])
        _ = ledger.expire(at: start + .seconds(15))
        #expect(ledger.wanted == [b, c])
    }

    @Test func nodesBeyondTheBoundAreNotHeardUntilOthersAreGone() {
        var ledger = ledger()
        for number in 0..<DemandLedger.maximumNodes {
            _ = ledger.apply(DemandAnnouncement(node: "\(number)", change: .add([a])), at: start)
        }
        let late = DemandAnnouncement(node: "late", change: .add([b]))
        #expect(ledger.apply(late, at: start) == DemandLedger.Change() && !ledger.isWanted(b))
        #expect(ledger.apply(DemandAnnouncement(node: "0", change: .add([c])), at: start).wanted == [c])
        _ = ledger.expire(at: start + .seconds(15))
        #expect(ledger.apply(late, at: start).wanted == [b])
    }

    @Test func namesBeyondTheBoundOfAllNodesAreNotTaken() {
        var ledger = ledger()
        let many = Set((0..<DemandLedger.maximumStreamsPerNode).map { Self.stream("A\($0)") })
        for number in 0..<DemandLedger.maximumStreams / many.count {
            _ = ledger.apply(DemandAnnouncement(node: "\(number)", change: .all(many)), at: start)
        }
        let one = DemandAnnouncement(node: "n", change: .add([b]))
        #expect(ledger.apply(one, at: start) == DemandLedger.Change() && !ledger.isWanted(b))
        _ = ledger.apply(DemandAnnouncement(node: "0", change: .all([])), at: start)
        #expect(ledger.apply(one, at: start).wanted == [b])
    }

    @Test func aNodeBeyondTheBoundLosesStreamsAndSaysWhich() {
        var ledger = ledger()
        let first = Self.stream("ZZZ")
        _ = ledger.apply(DemandAnnouncement(node: "n", change: .all([first])), at: start)
        let many = Set((0..<DemandLedger.maximumStreamsPerNode).map { Self.stream("A\($0)") })
        let change = ledger.apply(DemandAnnouncement(node: "n", change: .add(many)), at: start)
        #expect(change.wanted == many)
        #expect(change.unwanted == [first])
        #expect(!ledger.isWanted(first))
    }

    @Test func theLowestRankOfTheNodesThatWantAStreamCounts() {
        var ledger = ledger()
        func apply(_ node: String, _ change: DemandAnnouncement.Change, _ ranks: [StreamName: Int]) {
            _ = ledger.apply(DemandAnnouncement(node: node, change: change, ranks: ranks), at: start)
        }
        apply("one", .all([a, b, c]), [a: 7, b: 9])
        #expect([a, b, c].map { ledger.rank(of: $0) } == [7, 9, 0])
        apply("other", .add([a, b]), [a: 3, b: 12])
        #expect([a, b].map { ledger.rank(of: $0) } == [3, 9])
        apply("other", .remove([a]), [:])
        apply("one", .add([b]), [:])
        #expect([a, b].map { ledger.rank(of: $0) } == [7, 0])
        apply("one", .all([a]), [:])
        #expect([a, b].map { ledger.rank(of: $0) } == [0, 12])
    }
}
