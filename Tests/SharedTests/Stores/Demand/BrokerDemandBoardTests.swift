import Logging
import NIOCore
import TestSupport
import Testing

@testable import Core
@testable import Platform
@testable import Stores

@Suite("Demand passes through the broker, whole and in order", .timeLimit(.minutes(10)))
struct BrokerDemandBoardTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func board(_ broker: ProbedBroker) -> BrokerDemandBoard {
        BrokerDemandBoard(broker: broker, logger: Self.quiet)
    }

    private func all(_ count: Int, node: String = "n") -> DemandAnnouncement {
        DemandAnnouncement(node: node, change: .all(Set((0..<count).map { StreamName(checked: "ticker.A\($0)") })))
    }

    private func hear(_ count: Int, of announcements: AsyncStream<DemandAnnouncement>) async -> [DemandAnnouncement] {
        var heard: [DemandAnnouncement] = []
        for await announcement in announcements.prefix(count) { heard.append(announcement) }
        return heard
    }

    @Test func announcementsOfEveryKindArriveWholeAndInOrder() async throws {
        let broker = ProbedBroker()
        let board = board(broker)
        let announcements = board.announcements()
        _ = await broker.listens.elements(atLeast: 1)
        let (a, b) = (StreamName(checked: "ticker.BTCUSDT"), StreamName(checked: "trade.ETHUSDT"))
        let sent = [
            DemandAnnouncement(node: "a", change: .add([a])), DemandAnnouncement(node: "b", change: .all([])),
            DemandAnnouncement(node: "b \"\\\n é", change: .remove([b])), all(5),
            DemandAnnouncement(node: "c", change: .refresh([b])),
        ]
        for announcement in sent { try await board.announce(announcement) }
        #expect(await hear(sent.count, of: announcements) == sent)
        #expect(board.refused == 0)
    }

    @Test func oneOfAHundredThousandStreamsGoesInPartsAndArrivesAsOne() async throws {
        let broker = ProbedBroker()
        let board = board(broker)
        let announcements = board.announcements()
        _ = await broker.listens.elements(atLeast: 1)
        let everything = all(DemandAnnouncement.maximumStreams)
        try await board.announce(everything)
        try await board.announce(all(1))
        #expect(await hear(2, of: announcements) == [everything, all(1)])
        let lengths = broker.sent.elements.map(\.readableBytes)
        #expect(lengths.count > 20 && lengths.allSatisfy { $0 <= DemandMessage.maximumLength })
    }

    @Test func anAnnouncementThatTheBrokerDoesNotTakeThrows() async {
        let board = board(ProbedBroker(sendsUntilFailure: 1))
        await #expect(throws: ProbedBroker.Failure.self) { try await board.announce(all(10_000)) }
        await #expect(throws: DemandMessageError.badNode(length: 0)) { try await board.announce(all(1, node: "")) }
    }

    @Test func whatForeignersSayIsCountedAndIgnored() async throws {
        let broker = ProbedBroker()
        let board = board(broker)
        let announcements = board.announcements()
        _ = await broker.listens.elements(atLeast: 1)
        for text in ["", "hello", #"{"version":9}"#] {
            try await broker.send(ByteBuffer(string: text), on: .demand)
        }
        try await board.announce(all(1))
        #expect(await hear(1, of: announcements) == [all(1)])
        #expect(board.refused == 3)
    }

    @Test func aBrokerThatDoesNotConfirmIsAskedAgain() async throws {
        let broker = ProbedBroker(listenFailures: 2)
        let logger = RateLimitedLogger(Self.quiet)
        let listener = DemandListener(broker: broker, logger: logger, retryAfter: .milliseconds(1)) {}
        #expect(await broker.listens.elements(atLeast: 3) == [false, false, true])
        try await board(broker).announce(all(1))
        #expect(await listener.next() == all(1))
    }

    @Test func theListenerLeavesTheBrokerWhenItsReaderIsCancelled() async {
        let broker = ProbedBroker()
        let announcements = board(broker).announcements()
        let reading = Task { for await _ in announcements {} }
        _ = await broker.listens.elements(atLeast: 1)
        reading.cancel()
        await reading.value
        #expect(await broker.closes.elements(atLeast: 1) == [true])
    }

    @Test func theQueueLosesTheOldestWhenItIsFull() async {
        let messages = DemandQueue()
        for number in 0...DemandQueue.maximumMessages {
            messages.receive(ByteBuffer(integer: number), on: .demand)
        }
        messages.receive(ByteBuffer(integer: -1), on: .heartbeat)
        #expect(messages.lost == 1)
        #expect(await messages.next() == ByteBuffer(integer: 1))
        let bytes = DemandQueue()
        let long = ByteBuffer(repeating: 0, count: DemandQueue.maximumBytes / 4)
        for number in 0..<6 { bytes.receive(ByteBuffer(bytes: [UInt8(number)] + long.readableBytesView), on: .demand) }
        #expect(bytes.lost == 3)
        #expect(await bytes.next()?.readableBytesView.first == 3)
    }
}
