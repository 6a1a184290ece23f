import BybitCatalog
import BybitFeed
import Core
import Logging
import NIOCore
import NIOPosix
import Platform
import Stores
import TestSupport
import Testing

@testable import Ingestor

@Suite("Who leads starts everything that is wanted, each stream after its history", .timeLimit(.minutes(10)))
struct DemandControllerTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private let quiet = RateLimitedLogger(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

    private func controller(_ history: HeldHistory) -> DemandController {
        DemandController(eventLoop: eventLoop, history: history, lease: .seconds(60), logger: quiet)
    }

    private func target() async throws -> DemandController.Target {
        let counters = PublishingCounters()
        let publisher = Publisher(
            outlet: ScriptedOutlet(),
            term: ScriptedTerm(epoch: 7),
            counters: counters,
            logger: quiet,
            onConflict: { _, _ in }
        )
        let url = try WebSocketURL("ws://127.0.0.1:1/v5/public/linear")
        let feed = BybitFeed(
            configuration: .init(url: url),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let pipeline = try await eventLoop.submit { [eventLoop, quiet] in
            let pipeline = IngestPipeline(
                eventLoop: eventLoop,
                catalog: BybitCatalog(),
                feeds: [feed],
                sequencer: Sequencer(epoch: 7),
                logger: quiet,
                counters: IngestCounters(),
                publish: { _ in }
            )
            return NIOLoopBound(pipeline, eventLoop: eventLoop)
        }.get()
        return DemandController.Target(pipeline: pipeline, publisher: publisher)
    }

    private func streams(_ count: Int) throws -> Set<StreamName> {
        Set(try (0..<count).map { try StreamName(canonical: "ticker.A\($0)") })
    }

    private func all(_ streams: Set<StreamName>) -> DemandAnnouncement {
        DemandAnnouncement(node: "n", change: .all(streams))
    }

    private func started(_ target: DemandController.Target) async throws -> Int {
        try await eventLoop.submit { target.pipeline.value.routes.count }.get()
    }

    @Test func aStandbyReadsNothingAndStartsAllAtOnceWhenItLeads() async throws {
        let history = HeldHistory()
        let controller = controller(history)
        await controller.apply(all(try streams(300)))
        await controller.tick()
        #expect(history.reads == 0)
        let target = try await target()
        await controller.lead(target)
        try await eventually { try await started(target) == 300 }
        #expect(history.reads == 300)
        await controller.apply(all(try streams(301)))
        try await eventually { try await started(target) == 301 }
        #expect(history.reads == 301, "what is served already is not read again")
    }

    /// A dead one and one that hangs look the same from here.
    @Test func ofANodeThatFallsSilentTheLogSaysWhichItWas() async throws {
        let log = CollectedLog()
        let controller = DemandController(
            eventLoop: eventLoop,
            history: HeldHistory(),
            lease: .zero,
            logger: RateLimitedLogger(log.logger)
        )
        await controller.apply(all(try streams(3)))
        await controller.tick()
        let words = "warning a node has not said for a lease what it wants: its demand is over count=3 wanted_by=n"
        #expect(log.lines == [words])
        await controller.tick()
        await controller.apply(all([]))
        await controller.tick()
        #expect(log.lines == [words], "once, and not of one that has said goodbye")
    }

    @Test func noMoreReadsThanTheBoundAreUnderWayAtOneTime() async throws {
        let history = HeldHistory(isHeld: true)
        let controller = controller(history)
        let target = try await target()
        await controller.lead(target)
        await controller.apply(all(try streams(1000)))
        try await eventually { history.waiting == DemandController.maximumReads }
        // Wanted once more, they are still read once.
        await controller.apply(all(try streams(1000)))
        await controller.tick()
        #expect(history.reads == DemandController.maximumReads)
        history.release()
        try await eventually { try await started(target) == 1000 }
        #expect(history.reads == 1000)
    }

    @Test func aStreamWhoseHistoryCanNotBeReadIsTriedAgainWithTheNextTick() async throws {
        let history = HeldHistory(failures: 2)
        let controller = controller(history)
        let target = try await target()
        await controller.lead(target)
        await controller.apply(all(try streams(1)))
        try await eventually { history.reads == 1 }
        for reads in 2...3 {
            #expect(try await started(target) == 0)
            try await eventually {
                await controller.tick()
                return history.reads == reads
            }
        }
        try await eventually { try await started(target) == 1 }
    }

    @Test func aPositionThatComesAfterTheTermIsOverStartsNothing() async throws {
        let stream = try StreamName(canonical: "ticker.A0")
        let history = HeldHistory(isHeld: true, latest: [stream: Position(epoch: 6, sequence: 10)])
        let controller = controller(history)
        let (first, second) = (try await target(), try await target())
        await controller.lead(first)
        await controller.apply(all([stream]))
        try await eventually { history.waiting == 1 }
        history.write(stream, Position(epoch: 6, sequence: 20))
        await controller.lead(second)
        try await eventually { history.waiting == 2 }
        history.release()
        try await eventually { try await started(second) == 1 }
        let last = try await eventLoop.submit { second.pipeline.value.sequencer.lastSequence(of: stream) }.get()
        #expect(last == 20, "the term starts after the position that was read in it")
        #expect(try await started(first) == 0)
    }

    @Test func aStreamThatNobodyWantsAnyMoreWhenItsPositionComesIsNotStarted() async throws {
        let history = HeldHistory(isHeld: true)
        let controller = controller(history)
        let target = try await target()
        await controller.lead(target)
        await controller.apply(all(try streams(2)))
        try await eventually { history.waiting == 2 }
        await controller.apply(all(try streams(1)))
        history.release()
        try await eventually { try await started(target) == 1 }
        await controller.apply(all(try streams(3)))
        try await eventually { try await started(target) == 3 }
    }

    @Test func aStreamWhoseNumbersWereRefusedGoesOnAfterTheHistory() async throws {
        let stream = try StreamName(canonical: "ticker.A0")
        let history = HeldHistory(failures: 1, latest: [stream: Position(epoch: 6, sequence: 41)])
        let controller = controller(history)
        let target = try await target()
        await controller.lead(target)
        await controller.renumber(stream, after: .written(last: 41))
        try await eventually {
            await controller.tick()
            return try await eventLoop.submit { target.pipeline.value.sequencer.lastSequence(of: stream) }.get() == 41
        }
    }

    @Test(arguments: [Position(epoch: 6, sequence: 12), nil])
    func aLogThatWasEmptiedGoesOnAfterTheLastNumberThatTheStoreRemembers(_ latest: Position?) async throws {
        let stream = try StreamName(canonical: "ticker.A0")
        let controller = controller(HeldHistory(latest: latest.map { [stream: $0] } ?? [:]))
        let target = try await target()
        await controller.lead(target)
        await controller.renumber(stream, after: .written(last: 100))
        try await eventually {
            try await eventLoop.submit { target.pipeline.value.sequencer.lastSequence(of: stream) }.get() == 100
        }
        let next = try await eventLoop.submit { target.pipeline.value.sequencer.next(stream) }.get()
        #expect(next == Position(epoch: 7, sequence: 101))
    }

    @Test func aLogThatCanNotBeUsedIsReadWithTheTicksUntilItCan() async throws {
        let stream = try StreamName(canonical: "ticker.A0")
        let history = HeldHistory(failures: 1, latest: [stream: Position(epoch: 6, sequence: 41)])
        let controller = controller(history)
        let target = try await target()
        await controller.lead(target)
        await controller.renumber(stream, after: .unusable("WRONGTYPE"))
        #expect(history.reads == 0)
        await controller.tick()
        try await eventually { history.reads == 1 }
        await controller.tick()
        #expect(history.reads == 1, "the waits grow")
        try await eventually {
            await controller.tick()
            return try await eventLoop.submit { target.pipeline.value.sequencer.lastSequence(of: stream) }.get() == 41
        }
    }

    @Test func theHistoryOfTheLowestRankIsReadFirst() async throws {
        let history = HeldHistory(isHeld: true)
        let controller = controller(history)
        let target = try await target()
        await controller.lead(target)
        let many = try streams(500)
        let ranks = Dictionary(uniqueKeysWithValues: many.map { ($0, 100) })
        await controller.apply(DemandAnnouncement(node: "n", change: .all(many), ranks: ranks))
        try await eventually { history.waiting == DemandController.maximumReads }
        let honest = try StreamName(canonical: "trade.B")
        await controller.apply(DemandAnnouncement(node: "m", change: .add([honest]), ranks: [honest: 1]))
        history.releaseOne()
        try await eventually { history.reads == DemandController.maximumReads + 1 }
        #expect(history.lastRead == honest)
        await controller.apply(DemandAnnouncement(node: "n", change: .all([])))
        history.release()
        try await eventually { try await started(target) == 1 }
        #expect(history.reads == DemandController.maximumReads + 1, "what nobody wants any more is not read")
    }
}
