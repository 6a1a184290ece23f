import Core
import FeedKit
import NIOCore
import Platform
import Stores
import Synchronization
import Testing

@testable import Ingestor

@Suite(
    "While the stores are away the process goes on, and what waits is delivered when it leads next",
    .timeLimit(.minutes(10))
)
struct InterludeTests {
    private let trade: StreamName
    private let ticker: StreamName

    init() throws {
        trade = try StreamName(canonical: "trade.BTCUSDT")
        ticker = try StreamName(canonical: "ticker.BTCUSDT")
    }

    /// Stores that can be away: what is delivered meanwhile fails, and is kept nevertheless where the answer is lost.
    private final class Outlet: PublicationOutlet {
        struct Away: Error {}

        private let inner = Mutex<(any PublicationOutlet)?>(nil)
        private let mode = Mutex((isAway: false, keepsOne: false))

        func use(_ outlet: any PublicationOutlet) { inner.withLock { $0 = outlet } }

        func leave(keepsOne: Bool = false) { mode.withLock { $0 = (true, keepsOne) } }

        func comeBack() { mode.withLock { $0.isAway = false } }

        func deliver(_ batch: [Publication]) async throws {
            let (isAway, keepsOne) = mode.withLock { mode in
                defer { mode.keepsOne = false }
                return mode
            }
            guard !isAway || keepsOne else { throw Away() }
            try await inner.withLock { $0 }?.deliver(batch)
            if isAway { throw Away() }
        }
    }

    /// A first term, and then stores that are away, with more than `waiting` publications that wait.
    private func run(
        keepsOne: Bool = false,
        _ body: (IngestorFixture, ScriptedTerm, Outlet) async throws -> Void
    ) async throws {
        let outlet = Outlet()
        try await IngestorFixture.run(outlet: outlet) { fixture in
            outlet.use(HistoryThenBroker(history: fixture.history, broker: fixture.broker))
            fixture.want(trade, ticker)
            let term = fixture.leadership.grant(epoch: 5)
            try await eventually { try await fixture.holds([trade: 5, ticker: 5]) }
            outlet.leave(keepsOne: keepsOne)
            try await eventually { fixture.ingestor.state.queued > 20 }
            term.lapse()
            try await eventually { fixture.ingestor.state.role == .standby && term.isResigned }
            try await body(fixture, term, outlet)
        }
    }

    private func kinds(_ log: [Publication]) -> Set<Publication.Kind> { Set(log.map(\.kind)) }

    @Test(arguments: [false, true])
    func nothingIsLostNorRepeatedNorTold(anAnswerWasLost: Bool) async throws {
        try await run(keepsOne: anAnswerWasLost) { fixture, _, outlet in
            let queued = fixture.ingestor.state.queued
            #expect(fixture.ingestor.status.isConnected, "the exchange is still listened to")
            try await eventually { fixture.ingestor.state.queued > queued + 20 }
            outlet.comeBack()
            _ = fixture.leadership.grant(epoch: 9, previous: 5)
            let ends = [
                trade: try await fixture.log(trade).count + 30, ticker: try await fixture.log(ticker).count + 30,
            ]
            try await eventually { try await fixture.holds(ends) }
            for stream in [trade, ticker] {
                let log = try await fixture.log(stream)
                #expect(log.map(\.position.sequence) == Array(1...UInt64(log.count)))
                #expect(log.map(\.position.epoch) == log.map(\.position.epoch).sorted())
                #expect(Set(log.map(\.position.epoch)) == [5, 9])
                #expect(!kinds(log).contains(.gap(.failover)) && !kinds(log).contains(.gap(.upstream)))
            }
            #expect(fixture.ingestor.publishing.dropped.get() == 0)
            #expect(fixture.ingestor.status.reconnectCount == 0)
        }
    }

    @Test func whereAnotherHasLedInBetweenTheRestIsAGap() async throws {
        try await run { fixture, _, outlet in
            outlet.comeBack()
            _ = fixture.leadership.grant(epoch: 9, previous: 7)
            try await eventually { try await fixture.log(trade).contains { $0.position.epoch == 9 } }
            let next = try #require(try await fixture.log(trade).first { $0.position.epoch == 9 })
            #expect(next.kind == .gap(.failover))
            #expect(fixture.ingestor.publishing.dropped.get() > 20)
            #expect(fixture.ingestor.publishing.droppedAsDeposed.get() > 20, "nobody is called for it")
        }
    }

    @Test func whenAnotherLeadsItLetsTheExchangeGo() async throws {
        let outlet = Outlet()
        try await IngestorFixture.run(outlet: outlet) { fixture in
            outlet.use(HistoryThenBroker(history: fixture.history, broker: fixture.broker))
            fixture.want(trade)
            let term = fixture.leadership.grant(epoch: 5)
            try await eventually { try await fixture.holds([trade: 5]) }
            fixture.leadership.leaveToAnother()
            term.lapse()
            try await eventually { !fixture.ingestor.status.isConnected }
            #expect(fixture.ingestor.state.role == .standby && fixture.ingestor.state.queued == 0)
        }
    }

    @Test func aStreamWhoseLogEndsElsewhereIsAGapAndTheOthersGoOn() async throws {
        try await run { fixture, _, outlet in
            // The log of the trades is written by somebody, past what this process has numbered.
            let position = Position(epoch: 5, sequence: 1_000_000)
            try await fixture.history.append([
                Publication(stream: trade, position: position, kind: .update, exchangeTime: 0, ingestTime: 0)
            ])
            outlet.comeBack()
            _ = fixture.leadership.grant(epoch: 9, previous: 5)
            try await eventually { try await fixture.log(trade).contains { $0.position.epoch == 9 } }
            let next = try #require(try await fixture.log(trade).first { $0.position.epoch == 9 })
            #expect(next.kind == .gap(.failover) && next.position.sequence == 1_000_001)
            try await eventually { try await fixture.log(ticker).contains { $0.position.epoch == 9 } }
            let log = try await fixture.log(ticker)
            #expect(log.map(\.position.sequence) == Array(1...UInt64(log.count)))
            #expect(!kinds(log).contains(.gap(.failover)))
        }
    }

    @Test func aTermThatLapsesAtOnceKeepsTheQueueForTheNext() async throws {
        try await run { fixture, _, outlet in
            let second = fixture.leadership.grant(epoch: 9, previous: 5)
            try await eventually { fixture.ingestor.state.role == .leader(epoch: 9) }
            second.lapse()
            try await eventually { second.isResigned }
            outlet.comeBack()
            _ = fixture.leadership.grant(epoch: 11, previous: 9)
            try await eventually { try await fixture.log(trade).contains { $0.position.epoch == 11 } }
            let log = try await fixture.log(trade)
            #expect(log.map(\.position.sequence) == Array(1...UInt64(log.count)))
            #expect(!kinds(log).contains(.gap(.failover)) && fixture.ingestor.publishing.dropped.get() == 0)
        }
    }
}
