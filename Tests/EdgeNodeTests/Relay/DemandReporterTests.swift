import Core
import Logging
import Platform
import Stores
import Synchronization
import Testing

@testable import EdgeNode

@Suite struct DemandReporterTests {
    private final class Board: DemandBoard {
        private let log = Mutex<[DemandAnnouncement.Change]>([])
        let failures = Atomic(0)
        private let hears: @Sendable (DemandAnnouncement) -> Void

        init(hears: @escaping @Sendable (DemandAnnouncement) -> Void = { _ in }) { self.hears = hears }

        var changes: [DemandAnnouncement.Change] { log.withLock { $0 } }

        func announce(_ announcement: DemandAnnouncement) async throws {
            #expect(announcement.node == "edge-1")
            await Task.yield()
            hears(announcement)
            log.withLock { $0.append(announcement.change) }
            if failures.load(ordering: .relaxed) > 0 {
                failures.subtract(1, ordering: .relaxed)
                throw CancellationError()
            }
        }

        func announcements() -> AsyncStream<DemandAnnouncement> { AsyncStream { $0.finish() } }
    }

    private func run(
        lease: Duration,
        failures: Int = 0,
        _ changes: (DemandReporter) -> Void,
        until isDone: @escaping ([DemandAnnouncement.Change]) -> Bool
    ) async throws -> [DemandAnnouncement.Change] {
        let board = Board()
        board.failures.store(failures, ordering: .relaxed)
        let logger = RateLimitedLogger(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let reporter = DemandReporter(node: "edge-1", board: board, lease: lease, logger: logger)
        changes(reporter)
        let running = Task { await reporter.run() }
        let deadline = ContinuousClock.now + .seconds(300)
        while !isDone(board.changes), ContinuousClock.now < deadline { await Task.yield() }
        running.cancel()
        await running.value
        return board.changes
    }

    @Test func whatChangedSinceTheLastAnnouncementIsToldByItsOutcome() async throws {
        let (a, b, c) = try (
            StreamName(canonical: "ticker.A"), StreamName(canonical: "ticker.B"), StreamName(canonical: "ticker.C")
        )
        let changes = try await run(lease: .seconds(600)) {
            $0.add(a)
            $0.remove(a)
            $0.add(b)
            $0.remove(c)
            $0.add(a)
        } until: {
            $0.count == 2
        }
        #expect(changes == [.add([a, b]), .remove([c]), .all([])])
    }

    @Test func allThatIsWantedIsRenewedEvenAfterAnAnnouncementFailed() async throws {
        let (a, b) = try (StreamName(canonical: "ticker.A"), StreamName(canonical: "ticker.B"))
        let changes = try await run(lease: .milliseconds(3), failures: 2) {
            $0.add(a)
            $0.add(b)
            $0.remove(a)
        } until: {
            $0.contains(.all([b]))
        }
        #expect(changes.contains(.all([b])))
    }

    @Test func aRenewalThatIsAskedForDoesNotWaitForTheLease() async throws {
        let a = try StreamName(canonical: "ticker.A")
        let changes = try await run(lease: .seconds(600)) {
            $0.add(a)
            $0.renew()
        } until: {
            !$0.isEmpty
        }
        #expect(changes == [.all([a]), .all([])])
    }

    @Test func aStateIsAskedForUntilItIsKnown() async throws {
        let (a, b) = try (StreamName(canonical: "depth.50.A"), StreamName(canonical: "depth.50.B"))
        let changes = try await run(lease: .milliseconds(3), failures: 1) {
            $0.refresh(a)
            $0.refresh(b)
            $0.known(b)
        } until: { changes in
            changes.count { $0 == .refresh([a]) } >= 3
        }
        #expect(changes.count { $0 == .refresh([a]) } >= 3)
        #expect(!changes.contains { if case .refresh(let streams) = $0 { streams.contains(b) } else { false } })
    }

    @Test func aNodeThatEndsWantsNothingAnyLonger() async throws {
        let a = try StreamName(canonical: "ticker.A")
        let changes = try await run(lease: .seconds(600)) {
            $0.add(a)
        } until: {
            !$0.isEmpty
        }
        #expect(changes.last == .all([]))
    }

    @Test func ranksAreToldUntilTheStreamIsHeard() async throws {
        let (a, b) = try (StreamName(canonical: "ticker.A"), StreamName(canonical: "ticker.B"))
        let announced = Mutex<[DemandAnnouncement]>([])
        let reporter = DemandReporter(
            node: "edge-1",
            board: Board { announcement in announced.withLock { $0.append(announcement) } },
            lease: .seconds(600),
            logger: RateLimitedLogger(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        )
        let running = Task { await reporter.run() }
        defer { running.cancel() }
        func next(_ count: Int) async throws -> DemandAnnouncement? {
            let deadline = ContinuousClock.now + .seconds(300)
            while announced.withLock({ $0.count }) < count, ContinuousClock.now < deadline { await Task.yield() }
            return announced.withLock { $0.last }
        }
        reporter.add(a, rank: 7)
        #expect(try await next(1)?.ranks == [a: 7])
        reporter.lower(a, to: 9)
        reporter.lower(b, to: 1)
        reporter.lower(a, to: 3)
        #expect(try await next(2) == DemandAnnouncement(node: "edge-1", change: .add([a]), ranks: [a: 3]))
        reporter.heard(a)
        reporter.heard(b)
        reporter.renew()
        #expect(try await next(3) == DemandAnnouncement(node: "edge-1", change: .all([a])))
    }
}
