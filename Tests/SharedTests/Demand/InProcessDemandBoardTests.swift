import Testing

@testable import Shared

@Suite("The standalone demand board", .timeLimit(.minutes(1)))
struct InProcessDemandBoardTests {
    private func announcement(_ number: Int) -> DemandAnnouncement {
        DemandAnnouncement(node: "node-\(number)", change: .add([StreamName(checked: .ticker, "BTCUSDT")]))
    }

    @Test func carriesAnnouncementsWholeAndInOrder() async throws {
        let board = InProcessDemandBoard()
        let sent = [
            announcement(1), DemandAnnouncement(node: "b", change: .all([])),
            DemandAnnouncement(node: "b", change: .remove([StreamName(checked: .trade, "ETHUSDT")])),
        ]
        for announcement in sent { try await board.announce(announcement) }
        var heard: [DemandAnnouncement] = []
        for await announcement in board.announcements().prefix(sent.count) { heard.append(announcement) }
        #expect(heard == sent)
    }

    @Test func losesTheOldestWhenItIsFull() async throws {
        let board = InProcessDemandBoard()
        for number in 0...65_536 { try await board.announce(announcement(number)) }
        var listener = board.announcements().makeAsyncIterator()
        #expect(await listener.next() == announcement(1))
        var last: DemandAnnouncement?
        for _ in 2...65_536 { last = await listener.next() }
        #expect(last == announcement(65_536))
    }
}
