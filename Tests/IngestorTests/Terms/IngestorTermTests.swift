import BybitFeed
import Core
import FeedKit
import NIOCore
import Platform
import Stores
import Synchronization
import Testing

@testable import Ingestor

@Suite("One ingestor at a time leads, and terms follow one another without a repeat", .timeLimit(.minutes(10)))
struct IngestorTermTests {
    private let trade: StreamName
    private let ticker: StreamName

    init() throws {
        trade = try StreamName(canonical: "trade.BTCUSDT")
        ticker = try StreamName(canonical: "ticker.BTCUSDT")
    }

    private func publication(_ stream: StreamName, _ epoch: UInt64, _ sequence: UInt64) -> Publication {
        let position = Position(epoch: epoch, sequence: sequence)
        return Publication(stream: stream, position: position, kind: .update, exchangeTime: 0, ingestTime: 0)
    }

    @Test func aStandbyDoesNothingButIsHealthy() async throws {
        try await IngestorFixture.run { fixture in
            fixture.want(trade)
            try await eventually { fixture.ingestor.state.isRunning }
            #expect(fixture.ingestor.state.role == .standby && fixture.ingestor.state.problems.isEmpty)
            #expect(fixture.ear.heartbeats.isEmpty && fixture.feed.counters.framesReceived.get() == 0)
        }
    }

    @Test func theNextTermStartsAllThatIsWantedAndGoesOnWhereTheLastOneEnded() async throws {
        try await IngestorFixture.run { fixture in
            fixture.want(trade, ticker)
            let first = fixture.leadership.grant(epoch: 5)
            try await eventually { try await fixture.holds([trade: 5, ticker: 5]) }
            #expect(fixture.ingestor.state.role == .leader(epoch: 5))
            #expect(fixture.ingestor.state.problems.isEmpty)
            first.end("the test ends it")
            try await eventually { fixture.ingestor.state.role == .standby }
            #expect(first.isResigned)
            let ends = [trade: try await fixture.log(trade).count, ticker: try await fixture.log(ticker).count]
            #expect(!fixture.ingestor.status.isConnected && fixture.ingestor.status.subscribedCount == 0)
            // Granted only after a wait, for the first term was a short one: time for stragglers.
            _ = fixture.leadership.grant(epoch: 9)
            try await eventually { fixture.ingestor.state.role == .leader(epoch: 9) }
            #expect(try await fixture.log(trade).prefix { $0.position.epoch == 5 }.count == ends[trade])
            try await eventually { try await fixture.holds(ends.mapValues { $0 + 5 }) }
            for (stream, end) in ends {
                let log = try await fixture.log(stream)
                let sequences = log.map(\.position.sequence)
                #expect(sequences == Array(Set(sequences)).sorted(), "\(stream) repeats itself or runs backwards")
                #expect(log.map(\.position.epoch) == Array(repeating: 5, count: end) + log[end...].map { _ in 9 })
                #expect(log[end].kind == (stream == trade ? .gap(.failover) : .snapshot))
            }
            #expect(Set(fixture.ear.heartbeats.map(\.epoch)) == [5, 9])
        }
    }

    @Test func aFencedTermEndsAndTheNextWritesOn() async throws {
        try await IngestorFixture.run { fixture in
            try await fixture.history.append([publication(trade, 100, 40)])
            fixture.want(trade)
            let first = fixture.leadership.grant(epoch: 5)
            try await eventually { first.isResigned }
            try await eventually { fixture.ingestor.state.role == .standby }
            #expect(try await fixture.log(trade).count == 1)
            _ = fixture.leadership.grant(epoch: 101)
            try await eventually { try await fixture.log(trade).count > 3 }
            let next = try #require(try await fixture.log(trade).dropFirst().first)
            // What the first term numbered nobody has ever heard: it is no hole.
            #expect(next.position == Position(epoch: 101, sequence: 41) && next.kind == .gap(.failover))
        }
    }

    @Test func afterAnotherLedOnALostHistoryItGoesOnWithoutAHole() async throws {
        // The history never sees the first term: lost.
        let outlet = ScriptedOutlet()
        try await IngestorFixture.run(outlet: outlet) { fixture in
            fixture.want(ticker)
            let first = fixture.leadership.grant(epoch: 5)
            try await eventually { outlet.delivered.count > 5 }
            first.end("the test ends it")
            try await eventually { fixture.ingestor.state.role == .standby }
            try await fixture.history.append([publication(ticker, 7, 1), publication(ticker, 7, 2)])
            _ = fixture.leadership.grant(epoch: 9)
            try await eventually { outlet.delivered.contains { $0.position.epoch == 9 } }
            let next = try #require(outlet.delivered.first { $0.position.epoch == 9 })
            #expect(next.position.sequence == 3 && next.kind == .snapshot)
        }
    }

    @Test func aTermThatIsNotHeldWritesNothing() async throws {
        try await IngestorFixture.run { fixture in
            let term = fixture.leadership.grant(epoch: 5)
            term.expire()
            fixture.want(trade)
            try await eventually { term.isResigned }
            #expect(try await fixture.log(trade).isEmpty && fixture.ear.heartbeats.isEmpty)
        }
    }

    @Test func aGracefulShutdownDeliversWhatIsQueuedAndThenGivesTheLeaseUp() async throws {
        let gate = HeldHistory(isHeld: true)
        let term = Mutex<ScriptedTerm?>(nil)
        let outlet = ScriptedOutlet { _ in
            _ = try? await gate.read(StreamName(canonical: "trade.A"), from: 0, limit: 0)
            #expect(term.withLock { $0?.isResigned } == false)
        }
        try await IngestorFixture.run(outlet: outlet) { fixture in
            let granted = fixture.leadership.grant(epoch: 5)
            term.withLock { $0 = granted }
            fixture.want(trade, ticker)
            try await eventually { fixture.ingestor.state.queued > 10 }
            await fixture.stop()
            try await eventually { !fixture.ingestor.status.isConnected }
            let queued = fixture.ingestor.state.queued
            #expect(queued > 10 && !granted.isResigned)
            gate.release()
            try await eventually { granted.isResigned }
            #expect(outlet.delivered.count == queued)
            #expect(fixture.ingestor.counters.publications.get() == queued)
            #expect(fixture.ingestor.publishing.dropped.get() == 0)
        }
    }

    @Test func aStreamThatSomebodyElseWroteGoesOnAboveTheirNumbersAndSaysSo() async throws {
        let ticker = ticker
        let foreign = publication(ticker, 4, 4000)
        let history = Mutex<InProcessHistory?>(nil)
        let error = HistoryError.outOfOrder(ticker, sequence: 1, last: 4000)
        let outlet = ScriptedOutlet(failures: [error]) { number in
            // Behind the ingestor's back, after it has read the history.
            if number == 1 { try? await history.withLock { $0 }?.append([foreign]) }
        }
        try await IngestorFixture.run(outlet: outlet) { fixture in
            history.withLock { $0 = fixture.history }
            _ = fixture.leadership.grant(epoch: 5)
            fixture.want(ticker)
            try await eventually { outlet.delivered.count > 1 }
            let delivered = outlet.delivered
            #expect(delivered.allSatisfy { $0.position.sequence > 4000 })
            // Before anything else: the changes that follow are of no use without those that were dropped.
            #expect(delivered.prefix(2).map(\.kind) == [.gap(.failover), .snapshot])
            #expect(fixture.ingestor.publishing.dropped.get() > 0)
        }
    }
}
