import Platform
import Stores
import Testing

@Suite("Who has announced itself lately is there, within a bound")
struct NodeTableTests {
    private let start = ContinuousClock.now

    private func node(_ id: String, sentAt: Int64 = 0) -> NodeAnnouncement {
        NodeAnnouncement(id: id, program: .edgeNode, admin: nil, sentAt: sentAt)
    }

    @Test func whoIsSilentForThreeAnnouncementsIsForgotten() {
        #expect(NodeTable.lifetime == NodeAnnouncer.interval * 3)
        var table = NodeTable()
        table.take(node("b"), at: start)
        table.take(node("a"), at: start + .seconds(10))
        #expect(table.nodes(at: start + .seconds(10)).map(\.id) == ["a", "b"])
        #expect(table.nodes(at: start + .seconds(15)).map(\.id) == ["a"])
        table.take(node("a", sentAt: 7), at: start + .seconds(20))
        #expect(table.nodes(at: start + .seconds(34)).map(\.sentAt) == [7])
        #expect(table.nodes(at: start + .seconds(35)).isEmpty)
    }

    @Test func whereItIsFullNobodyNewIsTakenUntilOneIsForgotten() {
        var table = NodeTable(maximum: 2)
        let verdicts = [("a", 0), ("b", 0), ("c", 1), ("a", 1), ("c", 15)].map { id, seconds in
            table.take(node(id), at: start + .seconds(seconds))
        }
        // Those that are there go on; when b is forgotten there is room for another.
        #expect(verdicts == [true, true, false, true, true])
        #expect(table.overflowed == 1)
        #expect(table.nodes(at: start + .seconds(15)).map(\.id) == ["a", "c"])
    }
}
