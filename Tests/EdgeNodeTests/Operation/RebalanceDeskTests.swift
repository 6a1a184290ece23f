import NIOCore
import Stores
import Testing

@testable import EdgeNode

@Suite("A node sends away no more clients than it may, whatever it is ordered")
struct RebalanceDeskTests {
    private static let now = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private static func order(_ clients: Int, floor: Int, seconds: Int = 30) -> RebalanceOrder {
        RebalanceOrder(node: "n", clients: clients, floor: floor, seconds: seconds)
    }

    @Test(arguments: [
        // asked, floor, clients that are there; outcome, how many go
        (100, 500, 1000, OrderReceipt.Outcome.taken, 100), (100, 950, 1000, .taken, 50), (900, 0, 1000, .taken, 250),
        (5, 0, 2, .taken, 1), (100, 1000, 1000, .nothing, 0), (100, 2000, 1000, .nothing, 0), (1, 0, 0, .nothing, 0),
    ])
    func orders(asked: Int, floor: Int, clients: Int, outcome: OrderReceipt.Outcome, going: Int) {
        var desk = RebalanceDesk()
        let verdict = desk.take(Self.order(asked, floor: floor), clients: clients, isLeaving: false, at: Self.now)
        #expect(verdict.outcome == outcome && verdict.clients == going)
    }

    @Test func theNextIsTakenWhenThoseOfTheLastHaveGone() {
        var desk = RebalanceDesk()
        let order = Self.order(10, floor: 0)
        let outcomes = [Int64(0), 29, 30, 59, 60].map { seconds in
            desk.take(order, clients: 1000, isLeaving: false, at: Self.now + .seconds(seconds)).outcome
        }
        #expect(outcomes == [.taken, .busy, .taken, .busy, .taken])
        let last = desk.take(order, clients: 1000, isLeaving: true, at: Self.now + .hours(1))
        #expect(last.outcome == .leaving && last.clients == 0)
    }

    @Test func whoHasNobodyToSendAwayIsNotBusy() {
        var desk = RebalanceDesk()
        let outcomes = [500, 0].map { floor in
            desk.take(Self.order(10, floor: floor), clients: 500, isLeaving: false, at: Self.now).outcome
        }
        #expect(outcomes == [.nothing, .taken])
    }

    @Test(arguments: [
        (10, [100], [10]), (10, [50, 50], [5, 5]), (3, [50, 50], [2, 1]), (10, [0, 90, 10], [0, 9, 1]),
        (7, [3, 3, 1], [3, 3, 1]), (1, [0, 0, 5], [0, 0, 1]), (100, [3, 4], [3, 4]),
    ])
    func eachShardSendsItsPart(going: Int, clients: [Int], shares: [Int]) {
        #expect(RebalanceDesk.split(going, among: clients) == shares)
    }
}
